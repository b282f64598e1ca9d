#include "codec/decode.hpp"

#include "codec/error_shapes.hpp"
#include "codec/json_members.hpp"

#include <utility>

namespace chatopen::codec {
namespace {

// A string, or a list of parts whose texts are joined; parts of other types have no text.
std::string content_of(const std::optional<Json>& content) {
  std::string text(text_of(content));
  simdjson::dom::array parts;
  if (!content || content->get(parts) != simdjson::SUCCESS) return text;
  for (const Json part : parts) {
    if (text_of(member_of(part, "type")) == "text") text += text_of(member_of(part, "text"));
  }
  return text;
}

std::vector<ToolCall> tool_calls_of(const std::optional<Json>& value) {
  std::vector<ToolCall> calls;
  simdjson::dom::array list;
  if (!value || value->get(list) != simdjson::SUCCESS) return calls;
  for (const Json each : list) {
    const std::optional<Json> function = member_of(each, "function");
    if (!function || !function->is_object()) continue;
    calls.push_back({.id = std::string(text_of(member_of(each, "id"))),
                     .name = std::string(text_of(member_of(function, "name"))),
                     .arguments = text_or_json_of(member_of(function, "arguments"))});
  }
  return calls;
}

// Chat-completions spelling, and the camel case in which the service spells its own members (`errorMessage`).
std::optional<std::int64_t> tokens(const std::optional<Json>& usage, std::string_view name, std::string_view camel) {
  const std::optional<std::int64_t> count = count_of(member_of(usage, name));
  return count ? count : count_of(member_of(usage, camel));
}

std::optional<Usage> usage_of(const std::optional<Json>& value) {
  const auto prompt = tokens(value, "prompt_tokens", "promptTokens");
  const auto completion = tokens(value, "completion_tokens", "completionTokens");
  const auto total = tokens(value, "total_tokens", "totalTokens");
  if (!prompt && !completion && !total) return std::nullopt;
  return Usage{.prompt_tokens = prompt.value_or(0),
               .completion_tokens = completion.value_or(0),
               .total_tokens = total.value_or(0)};
}

void read_choices(const std::optional<Json>& choices, ChatReply::Fields& fields) {
  simdjson::dom::array list;
  if (!choices || choices->get(list) != simdjson::SUCCESS || list.begin() == list.end()) return;
  const std::optional<Json> choice = *list.begin();
  const std::optional<Json> message = member_of(choice, "message");
  fields.text = content_of(member_of(message, "content"));
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
    if (document.error() != simdjson::SUCCESS) return unreadable(http_status, document.error(), body, redactor);
    const Members root = members_of(document.root());
    const Members data = members_of(root.data);
    if (auto error = carried_error(http_status, root, data, body, redactor)) return *std::move(error);
    const bool bare = root.choices || !root.data || !root.data->is_object();
    read_completion(bare ? root : data, fields);
    if (const auto answer = string_of(data.answer)) fields.text = *answer;
  }
  fields.raw = std::move(body);
  return fields;
}

}  // namespace chatopen::codec
