#include "codec/request_check.hpp"

#include "codec/field_check.hpp"
#include "codec/json_text.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

bool refuses_part(const ContentPart& part, const ContentNames& names, Error& fault) {
  if (const TextPart* text = std::get_if<TextPart>(&part)) return refuses_text("text", text->text, fault);
  return refuses_picture(names.picture_url, std::get<ImagePart>(part), fault);
}

bool refuses_content(const Message& message, const ContentNames& names, Error& fault) {
  if (message.parts.empty()) {
    // Others may have nothing to say: a model that only calls tools, a tool without a result.
    if (message.text.empty() && message.role == Role::user) {
      return refuse(fault, {names.text, " is empty"}, "give it a text or parts");
    }
    return refuses_text(names.text, message.text, fault);
  }
  if (!message.text.empty()) {
    return refuse(fault, {names.both}, "make the text a part: text(\"...\")");
  }
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (refuses_part(message.parts[i], names, fault)) return within(fault, names.parts, i);
  }
  return false;
}

bool refuses_tool_calls(const Message& message, Error& fault) {
  if (!message.tool_calls.empty() && message.role != Role::assistant) {
    return refuse(fault, {"tool_calls is set, but the message is not an assistant's"});
  }
  for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
    const ToolCall& call = message.tool_calls[i];
    if (refuses_text("id", call.id, fault) || refuses_text("name", call.name, fault) ||
        refuses_text("arguments", call.arguments, fault)) {
      return within(fault, "tool_calls", i);
    }
  }
  if (message.role == Role::tool && message.tool_call_id.empty()) {
    return refuse(fault, {"tool_call_id is empty"}, "set it to the id of the call that the message answers");
  }
  if (message.role != Role::tool && !message.tool_call_id.empty()) {
    return refuse(fault, {"tool_call_id is set, but the message is not a tool's"});
  }
  return refuses_text("tool_call_id", message.tool_call_id, fault);
}

bool refuses_role(Role role, Error& fault) {
  switch (role) {
    case Role::system:
    case Role::user:
    case Role::assistant:
    case Role::tool: return false;
  }
  return refuse(fault, {"role is no known role"});
}

bool refuses_messages(const ChatRequest& request, Error& fault) {
  if (request.messages.empty()) return refuse(fault, {"messages is empty"}, "add at least Message::user(...)");
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    if (refuses_message(request.messages[i], wire_names, fault)) return within(fault, "messages", i);
  }
  return false;
}

bool refuses_tool(const Tool& tool, Error& fault) {
  if (tool.name.empty()) return refuse(fault, {"name is empty"});
  return refuses_text("name", tool.name, fault) || refuses_text("description", tool.description, fault) ||
         refuses_object("parameters", tool.parameters, fault);
}

bool refuses_tool_choice(const std::string& choice, Error& fault) {
  if (choice.empty() || is_tool_choice_word(choice)) return false;
  if (looks_like_object(choice)) return refuses_object("tool_choice", choice, fault);
  return refuse(fault, {"tool_choice is neither auto, none, required nor a JSON object"});
}

bool refuses_settings(const ChatRequest& request, Error& fault) {
  if (request.temperature && !std::isfinite(*request.temperature)) return refuse(fault, {"temperature is not finite"});
  if (request.top_p && !std::isfinite(*request.top_p)) return refuse(fault, {"top_p is not finite"});
  if (request.max_tokens && *request.max_tokens < 1) return refuse(fault, {"max_tokens is less than 1"});
  for (std::size_t i = 0; i < request.stop.size(); ++i) {
    if (refuses_text("", request.stop[i], fault)) return within(fault, "stop", i, "");
  }
  if (refuses_object("response_format", request.response_format, fault)) return true;
  for (std::size_t i = 0; i < request.tools.size(); ++i) {
    if (refuses_tool(request.tools[i], fault)) return within(fault, "tools", i);
  }
  return refuses_tool_choice(request.tool_choice, fault);
}

// `form_members` are the form's own. The others are the body's only when they are set.
bool refuses_extra(const ChatRequest& request, std::initializer_list<std::string_view> form_members, Error& fault) {
  if (request.extra.empty()) return false;
  const std::pair<std::string_view, bool> settings[] = {
      {"temperature", request.temperature.has_value()},
      {"top_p", request.top_p.has_value()},
      {"max_tokens", request.max_tokens.has_value()},
      {"stop", !request.stop.empty()},
      {"seed", request.seed.has_value()},
      {"response_format", !request.response_format.empty()},
      {"tools", !request.tools.empty()},
      {"tool_choice", !request.tool_choice.empty()},
  };
  std::array<std::string_view, 10> taken;
  std::size_t count = 0;
  for (const std::string_view name : form_members) taken[count++] = name;
  for (const auto& [name, is_set] : settings) {
    if (is_set) taken[count++] = name;
  }
  return codec::refuses_extra(request.extra, {taken.data(), count}, fault);
}

bool refuse_beyond_prompt_form(std::size_t index, std::string_view why, Error& fault) {
  refuse(fault, {why, ", which the prompt form cannot express"},
         "it takes one user message and at most one system message, each of one text; for more, choose an endpoint of "
         "the messages form");
  return within(fault, "messages", index, " ");
}

// Null when the content is anything but one text.
const std::string* only_text(const Message& message) {
  if (message.parts.empty()) return &message.text;
  const TextPart* const part = message.parts.size() == 1 ? std::get_if<TextPart>(&message.parts.front()) : nullptr;
  return part != nullptr ? &part->text : nullptr;
}

bool refuses_tools_in_prompt_form(const ChatRequest& request, Error& fault) {
  if (request.tools.empty()) return false;
  const Endpoint& endpoint = request.endpoint;
  return refuse(fault,
                {"tools is set, but the endpoint ", endpoint.name.empty() ? endpoint.path : endpoint.name,
                 " is of the prompt form, which cannot express the results of tools"},
                "choose an endpoint of the messages form, for example endpoints::gpt_4o()");
}

bool refuses_as_prompt(const std::vector<Message>& messages, PromptTexts& texts, Error& fault) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    if (message.role == Role::assistant) return refuse_beyond_prompt_form(i, "is an assistant's", fault);
    if (message.role == Role::tool) return refuse_beyond_prompt_form(i, "is a tool's", fault);
    const bool is_user = message.role == Role::user;
    const std::string*& text = is_user ? texts.issue : texts.system_content;
    if (text != nullptr) {
      return refuse_beyond_prompt_form(i, is_user ? "is a second user message" : "is a second system message", fault);
    }
    text = only_text(message);
    if (text == nullptr) return refuse_beyond_prompt_form(i, "has a picture or several parts", fault);
  }
  if (texts.issue == nullptr || texts.issue->empty()) {
    return refuse(fault, {"messages has no user message with a text, which the prompt form needs"},
                  "add Message::user(\"...\")");
  }
  return false;
}

}  // namespace

bool is_tool_choice_word(const std::string& tool_choice) noexcept {
  return tool_choice == "auto" || tool_choice == "none" || tool_choice == "required";
}

bool refuses_message(const Message& message, const ContentNames& names, Error& fault) {
  return refuses_role(message.role, fault) || refuses_content(message, names, fault) ||
         refuses_tool_calls(message, fault);
}

bool refuses_messages_form(const ChatRequest& request, Error& fault) {
  return refuses_messages(request, fault) || refuses_settings(request, fault) ||
         refuses_extra(request, {"messages"}, fault);
}

bool refuses_prompt_form(const ChatRequest& request, PromptTexts& texts, Error& fault) {
  return refuses_messages(request, fault) || refuses_settings(request, fault) ||
         refuses_extra(request, {"issue", "systemContent"}, fault) || refuses_tools_in_prompt_form(request, fault) ||
         refuses_as_prompt(request.messages, texts, fault);
}

}  // namespace chatopen::codec
