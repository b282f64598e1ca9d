#include "codec/request_check.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "codec/json_text.hpp"
#include "codec/utf8.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

// Each function returns whether it found a fault, and then describes it: so many errors passed back by value would make
// every program that links the SDK a fifth larger.

bool refuse(Error& fault, std::initializer_list<std::string_view> message, std::string_view detail = {}) {
  return base::refuse(fault, ErrorKind::invalid_argument, message, {detail});
}

// Paths are put together from the inside out, and only when there is a fault.
bool within(Error& fault, std::string_view list, std::size_t index, std::string_view separator = ".") {
  const Error inner = std::move(fault);
  return refuse(fault, {list, "[", std::to_string(index), "]", separator, inner.message}, inner.detail);
}

bool refuses_text(std::string_view field, std::string_view text, Error& fault) {
  if (is_utf8(text)) return false;
  return refuse(fault, {field, " is not valid UTF-8"}, "convert it, or replace what is broken, before sending");
}

Result<std::vector<std::string>> names_of(std::string_view field, std::string_view json, Error& fault) {
  Result<std::vector<std::string>> names = member_names(json);
  if (!names) {
    fault = names.error();
    fault.message.insert(0, " ");
    fault.message.insert(0, field);
  }
  return names;
}

bool refuses_object(std::string_view field, std::string_view json, Error& fault) {
  return !json.empty() && !names_of(field, json, fault);
}

bool has_picture_scheme(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  if (scheme.size() == url.size()) return false;
  const std::string_view rest = url.substr(scheme.size() + 1);
  if (base::equal_ignoring_case(scheme, "data")) return !rest.empty();
  if (!base::equal_ignoring_case(scheme, "https") && !base::equal_ignoring_case(scheme, "http")) return false;
  return rest.size() > 2 && rest.starts_with("//") && rest[2] != '/';
}

bool refuses_picture(const ImagePart& picture, Error& fault) {
  if (picture.source() != ImagePart::Source::url) return false;
  constexpr std::string_view field = "imageUrl.url";
  const std::string& url = picture.location();
  if (refuses_text(field, url, fault)) return true;
  if (!has_picture_scheme(url)) {
    return refuse(fault, {field, " is no http, https or data URL"},
                  "send a local picture with image_file() or image_bytes()");
  }
  if (base::has_character(url, base::is_control)) {
    return refuse(fault, {field, " has a control character"}, "look for a stray line break");
  }
  return false;
}

bool refuses_part(const ContentPart& part, Error& fault) {
  if (const TextPart* text = std::get_if<TextPart>(&part)) return refuses_text("text", text->text, fault);
  return refuses_picture(std::get<ImagePart>(part), fault);
}

bool refuses_content(const Message& message, Error& fault) {
  if (message.parts.empty()) {
    // Others may have nothing to say: a model that only calls tools, a tool without a result.
    if (message.text.empty() && message.role == Role::user) {
      return refuse(fault, {"content is empty"}, "give it a text or parts");
    }
    return refuses_text("content", message.text, fault);
  }
  if (!message.text.empty()) {
    return refuse(fault, {"content is both a text and parts"}, "make the text a part: text(\"...\")");
  }
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (refuses_part(message.parts[i], fault)) return within(fault, "content", i);
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
    const Message& message = request.messages[i];
    if (refuses_role(message.role, fault) || refuses_content(message, fault) || refuses_tool_calls(message, fault)) {
      return within(fault, "messages", i);
    }
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
bool is_set(const ChatRequest& request, std::string_view name, std::initializer_list<std::string_view> form_members) {
  const std::array<std::pair<std::string_view, bool>, 8> settings = {{
      {"temperature", request.temperature.has_value()},
      {"top_p", request.top_p.has_value()},
      {"max_tokens", request.max_tokens.has_value()},
      {"stop", !request.stop.empty()},
      {"seed", request.seed.has_value()},
      {"response_format", !request.response_format.empty()},
      {"tools", !request.tools.empty()},
      {"tool_choice", !request.tool_choice.empty()},
  }};
  return std::find(form_members.begin(), form_members.end(), name) != form_members.end() ||
         std::any_of(settings.begin(), settings.end(),
                     [&](const auto& setting) { return setting.second && setting.first == name; });
}

bool refuses_extra(const ChatRequest& request, std::initializer_list<std::string_view> form_members, Error& fault) {
  if (request.extra.empty()) return false;
  const Result<std::vector<std::string>> names = names_of("extra", request.extra, fault);
  if (!names) return true;
  std::set<std::string_view> seen;
  for (const std::string& name : *names) {
    if (is_set(request, name, form_members)) {
      return refuse(fault, {"extra has the member \"", name, "\", which the request sets itself"});
    }
    if (!seen.insert(name).second) return refuse(fault, {"extra has the member \"", name, "\" twice"});
  }
  return false;
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

bool refuses_messages_form(const ChatRequest& request, Error& fault) {
  return refuses_messages(request, fault) || refuses_settings(request, fault) ||
         refuses_extra(request, {"messages"}, fault);
}

bool refuses_prompt_form(const ChatRequest& request, PromptTexts& texts, Error& fault) {
  return refuses_messages(request, fault) || refuses_settings(request, fault) ||
         refuses_extra(request, {"issue", "systemContent"}, fault) || refuses_as_prompt(request.messages, texts, fault);
}

}  // namespace chatopen::codec
