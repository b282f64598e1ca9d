#include "codec/decode.hpp"

#include "codec/completion.hpp"
#include "codec/error_shapes.hpp"
#include "codec/json_members.hpp"

#include <utility>

namespace chatopen::codec {
namespace {

std::vector<ToolCall> tool_calls_of(const std::optional<Json>& value) {
  std::vector<ToolCall> calls;
  simdjson::dom::array list;
  if (!value || value->get(list) != simdjson::SUCCESS) return calls;
  for (const Json each : list) {
    ToolCall call;
    if (append_tool_call(each, call.id, call.name, call.arguments)) calls.push_back(std::move(call));
  }
  return calls;
}

void read_choices(const std::optional<Json>& choices, ChatReply::Fields& fields) {
  simdjson::dom::array list;
  if (!choices || choices->get(list) != simdjson::SUCCESS || list.begin() == list.end()) return;
  const std::optional<Json> choice = *list.begin();
  const std::optional<Json> message = member_of(choice, "message");
  append_content(member_of(message, "content"), fields.text);
  fields.reasoning = text_of(member_of(message, "reasoning_content"));
  fields.tool_calls = tool_calls_of(member_of(message, "tool_calls"));
  fields.finish_reason = text_of(member_of(choice, "finish_reason"));
}

void read_completion(const Members& completion, ChatReply::Fields& fields) {
  read_choices(completion.choices, fields);
  fields.usage = usage_of(completion.usage);
  fields.model = text_of(completion.model);
  fields.request_id = text_of(completion.id);
}

}  // namespace

Result<ChatReply::Fields> decode_chat(int http_status, std::string&& body, const base::Redactor& redactor) {
  ChatReply::Fields fields;
  {
    const JsonDocument document(body);
    if (document.error() != simdjson::SUCCESS) {
      return unreadable(http_status, document.error(), "the reply", body, redactor);
    }
    const Members root = members_of(document.root());
    const Members data = members_of(root.data);
    if (auto error = carried_error(http_status, root, data, body, redactor)) return *std::move(error);
    read_completion(completion_of(root, data), fields);
    if (const auto answer = string_of(data.answer)) fields.text = *answer;
  }
  fields.raw = std::move(body);
  return fields;
}

}  // namespace chatopen::codec
