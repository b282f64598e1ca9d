#include "reply_record.hpp"

namespace chatopen::program {

using nlohmann::ordered_json;

ordered_json to_record(const ChatReply& reply) {
  ordered_json record = {{"text", reply.text()}};
  const auto add = [&record](const char* name, const std::string& value) {
    if (!value.empty()) record[name] = value;
  };
  add("reasoning", reply.reasoning());
  add("finish_reason", reply.finish_reason());
  for (const ToolCall& call : reply.tool_calls()) {
    record["tool_calls"].push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  }
  if (reply.usage()) {
    record["usage"] = {{"prompt_tokens", reply.usage()->prompt_tokens},
                       {"completion_tokens", reply.usage()->completion_tokens},
                       {"total_tokens", reply.usage()->total_tokens}};
  }
  add("model", reply.model());
  add("request_id", reply.request_id());
  record["attempts"] = reply.attempts();
  return record;
}

ordered_json to_record(const Error& error) {
  ordered_json record = {{"kind", to_string(error.kind)}, {"message", error.message}};
  if (!error.detail.empty()) record["detail"] = error.detail;
  if (error.http_status != 0) record["http_status"] = error.http_status;
  if (!error.code.empty()) record["code"] = error.code;
  if (!error.request_id.empty()) record["request_id"] = error.request_id;
  if (error.retry_after) record["retry_after_ms"] = error.retry_after->count();
  record["attempts"] = error.attempts;
  record["maybe_processed"] = error.maybe_processed;
  return record;
}

std::string dump(const ordered_json& record, int indent) {
  return record.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace chatopen::program
