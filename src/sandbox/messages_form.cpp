#include "sandbox/exchange.hpp"
#include "sandbox/forms.hpp"
#include "sandbox/picture_url.hpp"

#include <cstddef>
#include <vector>

namespace chatopen::sandbox {
namespace {

std::string join(const std::vector<std::string>& items) {
  std::string joined;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) joined += i + 1 == items.size() ? " and " : ", ";
    joined += items[i];
  }
  return joined;
}

std::string describe_part(const Json& part, const std::string& where) {
  require_object(part, where);
  if (part.contains("image_url")) {
    throw Refusal(where + ".image_url: this service spells it imageUrl, also as the part's type");
  }
  const std::string& type = required_string(part, where + ".", "type");
  if (type == "text") {
    require_only(part, where + ".", {"type", "text"});
    return "text " + in_quotes(required_string(part, where + ".", "text"));
  }
  if (type == "imageUrl") {
    require_only(part, where + ".", {"type", "imageUrl"});
    const Json& image = required_object(part, where + ".", "imageUrl");
    require_only(image, where + ".imageUrl.", {"url"});
    const std::string& url = required_string(image, where + ".imageUrl.", "url");
    return "picture " + describe_picture(url, where + ".imageUrl.url");
  }
  const std::string hint = type == "image_url" ? "; this service spells it imageUrl" : "; expected text or imageUrl";
  throw Refusal(where + ".type " + in_quotes(type) + " is unknown" + hint);
}

std::vector<std::string> describe_content(const Json& content, const std::string& where) {
  if (content.is_string()) return {in_quotes(content.get_ref<const std::string&>())};
  if (!content.is_array()) throw Refusal(where + " must be a string or a list of parts, but is " + content.type_name());
  if (content.empty()) throw Refusal(where + " must not be an empty list");
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < content.size(); ++i) {
    parts.push_back(describe_part(content[i], where + "[" + std::to_string(i) + "]"));
  }
  return parts;
}

std::string describe_tool_call(const Json& call, const std::string& where) {
  require_object(call, where);
  require_only(call, where + ".", {"id", "type", "function"});
  if (required_string(call, where + ".", "type") != "function") throw Refusal(where + ".type must be \"function\"");
  const Json& function = required_object(call, where + ".", "function");
  require_only(function, where + ".function.", {"name", "arguments"});
  return "call " + required_string(call, where + ".", "id") + " of " +
         required_string(function, where + ".function.", "name") + " with " +
         required_string(function, where + ".function.", "arguments");
}

std::string describe_message(const Json& message, const std::string& where) {
  require_object(message, where);
  require_only(message, where + ".", {"role", "content", "tool_calls", "tool_call_id"});
  const std::string& role = required_string(message, where + ".", "role");
  if (role != "system" && role != "user" && role != "assistant" && role != "tool") {
    throw Refusal(where + ".role " + in_quotes(role) + " is unknown; expected system, user, assistant or tool");
  }
  const Json* calls = find(message, "tool_calls");
  const Json* content = find(message, "content");
  const bool only_calls = calls != nullptr && (content == nullptr || content->is_null());
  if (content == nullptr && !only_calls) throw Refusal(where + ".content is missing");

  std::vector<std::string> items;
  if (!only_calls) items = describe_content(*content, where + ".content");
  if (calls != nullptr) {
    if (role != "assistant") throw Refusal(where + ".tool_calls belong to an assistant's message");
    if (!calls->is_array() || calls->empty()) throw Refusal(where + ".tool_calls must be a list that is not empty");
    for (std::size_t i = 0; i < calls->size(); ++i) {
      items.push_back(describe_tool_call((*calls)[i], where + ".tool_calls[" + std::to_string(i) + "]"));
    }
  }
  std::string speaker = role;
  if (role == "tool") speaker += " for " + required_string(message, where + ".", "tool_call_id");
  if (role != "tool" && message.contains("tool_call_id")) {
    throw Refusal(where + ".tool_call_id belongs to a tool's message");
  }
  return speaker + ": " + join(items);
}

}  // namespace

std::string describe_messages_form(const Json& body) {
  if (body.contains("issue"))
    throw Refusal("issue: this path takes the messages form ({\"messages\":[…]}), not a prompt");
  const Json* messages = find(body, "messages");
  if (messages == nullptr) throw Refusal("messages is missing");
  if (!messages->is_array()) throw Refusal(std::string("messages must be a list, but is ") + messages->type_name());
  if (messages->empty()) throw Refusal("messages must not be empty");

  std::string description = std::to_string(messages->size()) + (messages->size() == 1 ? " message: " : " messages: ");
  for (std::size_t i = 0; i < messages->size(); ++i) {
    if (i > 0) description += "; ";
    description += describe_message((*messages)[i], "messages[" + std::to_string(i) + "]");
  }
  return description + describe_settings(body, {"messages"});
}

}  // namespace chatopen::sandbox
