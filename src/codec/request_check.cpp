#include "codec/request_check.hpp"

#include "base/ascii.hpp"
#include "codec/json_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

using Fault = std::optional<Error>;

Error refused(std::string message, std::string detail = {}) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

// Paths are put together from the inside out, and only when there is a fault.
Fault within(std::string path, Fault fault) {
  if (fault) fault->message.insert(0, path);
  return fault;
}

std::string item(const char* list, std::size_t index) {
  return std::string(list) + '[' + std::to_string(index) + ']';
}

Fault fault_in_text(const char* field, std::string_view text) {
  if (simdjson::validate_utf8(text)) return std::nullopt;
  return refused(std::string(field) + " is not valid UTF-8", "convert it, or replace what is broken, before sending");
}

Fault fault_in_object(const char* field, std::string_view json) {
  const Result<std::vector<std::string>> names = member_names(json);
  if (names) return std::nullopt;
  return within(std::string(field) + ' ', names.error());
}

bool has_picture_scheme(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  if (scheme.size() == url.size()) return false;
  std::string_view rest = url.substr(scheme.size() + 1);
  if (base::equal_ignoring_case(scheme, "data")) return !rest.empty();
  if (!base::equal_ignoring_case(scheme, "https") && !base::equal_ignoring_case(scheme, "http")) return false;
  return rest.size() > 2 && rest.starts_with("//") && rest[2] != '/';
}

Fault fault_in_picture(const ImagePart& picture) {
  if (picture.source() != ImagePart::Source::url) return std::nullopt;
  const std::string& url = picture.location();
  constexpr const char* field = "imageUrl.url";
  if (Fault fault = fault_in_text(field, url)) return fault;
  if (!has_picture_scheme(url)) {
    return refused(std::string(field) + " is no http, https or data URL",
                   "send a local picture with image_file() or image_bytes()");
  }
  if (std::any_of(url.begin(), url.end(), base::is_control)) {
    return refused(std::string(field) + " has a control character", "look for a stray line break");
  }
  return std::nullopt;
}

Fault fault_in_part(const ContentPart& part) {
  if (const TextPart* text = std::get_if<TextPart>(&part)) return fault_in_text("text", text->text);
  return fault_in_picture(std::get<ImagePart>(part));
}

Fault fault_in_content(const Message& message) {
  if (message.parts.empty()) {
    // Others may have nothing to say: a model that only calls tools, a tool without a result.
    if (message.text.empty() && message.role == Role::user)
      return refused("content is empty", "give it a text or parts");
    return fault_in_text("content", message.text);
  }
  if (!message.text.empty()) return refused("content is both a text and parts", "make the text a part: text(\"...\")");
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (Fault fault = fault_in_part(message.parts[i])) return within(item("content", i) + '.', std::move(fault));
  }
  return std::nullopt;
}

Fault fault_in_tool_call(const ToolCall& call) {
  if (Fault fault = fault_in_text("id", call.id)) return fault;
  if (Fault fault = fault_in_text("name", call.name)) return fault;
  return fault_in_text("arguments", call.arguments);
}

Fault fault_in_message(const Message& message) {
  constexpr std::array roles = {Role::system, Role::user, Role::assistant, Role::tool};
  if (std::find(roles.begin(), roles.end(), message.role) == roles.end()) return refused("role is no known role");
  if (Fault fault = fault_in_content(message)) return fault;
  if (!message.tool_calls.empty() && message.role != Role::assistant) {
    return refused("tool_calls is set, but the message is not an assistant's");
  }
  for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
    if (Fault fault = fault_in_tool_call(message.tool_calls[i])) {
      return within(item("tool_calls", i) + '.', std::move(fault));
    }
  }
  if (message.role == Role::tool && message.tool_call_id.empty()) {
    return refused("tool_call_id is empty", "set it to the id of the call that the message answers");
  }
  if (message.role != Role::tool && !message.tool_call_id.empty()) {
    return refused("tool_call_id is set, but the message is not a tool's");
  }
  return fault_in_text("tool_call_id", message.tool_call_id);
}

Fault fault_in_messages(const ChatRequest& request) {
  if (request.messages.empty()) return refused("messages is empty", "add at least Message::user(...)");
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    if (Fault fault = fault_in_message(request.messages[i])) return within(item("messages", i) + '.', std::move(fault));
  }
  return std::nullopt;
}

Fault fault_in_tool(const Tool& tool) {
  if (tool.name.empty()) return refused("name is empty");
  if (Fault fault = fault_in_text("name", tool.name)) return fault;
  if (Fault fault = fault_in_text("description", tool.description)) return fault;
  return tool.parameters.empty() ? std::nullopt : fault_in_object("parameters", tool.parameters);
}

Fault fault_in_tool_choice(const std::string& choice) {
  if (choice.empty() || is_tool_choice_word(choice)) return std::nullopt;
  if (looks_like_object(choice)) return fault_in_object("tool_choice", choice);
  return refused("tool_choice is neither auto, none, required nor a JSON object");
}

Fault fault_in_settings(const ChatRequest& request) {
  if (request.temperature && !std::isfinite(*request.temperature)) return refused("temperature is not finite");
  if (request.top_p && !std::isfinite(*request.top_p)) return refused("top_p is not finite");
  if (request.max_tokens && *request.max_tokens < 1) return refused("max_tokens is less than 1");
  for (std::size_t i = 0; i < request.stop.size(); ++i) {
    if (Fault fault = fault_in_text("", request.stop[i])) return within(item("stop", i), std::move(fault));
  }
  if (!request.response_format.empty()) {
    if (Fault fault = fault_in_object("response_format", request.response_format)) return fault;
  }
  for (std::size_t i = 0; i < request.tools.size(); ++i) {
    if (Fault fault = fault_in_tool(request.tools[i])) return within(item("tools", i) + '.', std::move(fault));
  }
  return fault_in_tool_choice(request.tool_choice);
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

Fault fault_in_extra(const ChatRequest& request, std::initializer_list<std::string_view> form_members) {
  if (request.extra.empty()) return std::nullopt;
  Result<std::vector<std::string>> names = member_names(request.extra);
  if (!names) return within("extra ", names.error());
  for (const std::string& name : *names) {
    if (is_set(request, name, form_members)) {
      return refused("extra has the member \"" + name + "\", which the request sets itself");
    }
  }
  std::sort(names->begin(), names->end());
  const auto twice = std::adjacent_find(names->begin(), names->end());
  if (twice != names->end()) return refused("extra has the member \"" + *twice + "\" twice");
  return std::nullopt;
}

Error beyond_prompt_form(std::size_t index, const char* why) {
  return refused(item("messages", index) + ' ' + why + ", which the prompt form cannot express",
                 "it takes one user message and at most one system message, each of one text; for more, choose an "
                 "endpoint of the messages form");
}

// Null when the content is anything but one text.
const std::string* only_text(const Message& message) {
  if (message.parts.empty()) return &message.text;
  const TextPart* const part = message.parts.size() == 1 ? std::get_if<TextPart>(&message.parts.front()) : nullptr;
  return part != nullptr ? &part->text : nullptr;
}

Result<PromptTexts> prompt_texts(const std::vector<Message>& messages) {
  PromptTexts texts;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    if (message.role == Role::assistant) return beyond_prompt_form(i, "is an assistant's");
    if (message.role == Role::tool) return beyond_prompt_form(i, "is a tool's");
    const std::string*& text = message.role == Role::user ? texts.issue : texts.system_content;
    if (text != nullptr) {
      return beyond_prompt_form(i,
                                message.role == Role::user ? "is a second user message" : "is a second system message");
    }
    text = only_text(message);
    if (text == nullptr) return beyond_prompt_form(i, "has a picture or several parts");
  }
  if (texts.issue == nullptr || texts.issue->empty()) {
    return refused("messages has no user message with a text, which the prompt form needs",
                   "add Message::user(\"...\")");
  }
  return texts;
}

}  // namespace

bool is_tool_choice_word(const std::string& tool_choice) noexcept {
  return tool_choice == "auto" || tool_choice == "none" || tool_choice == "required";
}

Fault fault_in_messages_form(const ChatRequest& request) {
  if (Fault fault = fault_in_messages(request)) return fault;
  if (Fault fault = fault_in_settings(request)) return fault;
  return fault_in_extra(request, {"messages"});
}

Result<PromptTexts> check_prompt_form(const ChatRequest& request) {
  if (Fault fault = fault_in_messages(request)) return *std::move(fault);
  if (Fault fault = fault_in_settings(request)) return *std::move(fault);
  if (Fault fault = fault_in_extra(request, {"issue", "systemContent"})) return *std::move(fault);
  return prompt_texts(request.messages);
}

}  // namespace chatopen::codec
