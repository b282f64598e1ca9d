#include <chatopen/reply.hpp>

#include <utility>

namespace chatopen {

// Out of line: their instantiations would cost every includer more than the calls do.
ChatReply::ChatReply(Fields fields) : fields_(std::move(fields)) {}

std::string ChatReply::text() && {
  return std::move(fields_.text);
}
std::string ChatReply::reasoning() && {
  return std::move(fields_.reasoning);
}
std::string ChatReply::finish_reason() && {
  return std::move(fields_.finish_reason);
}
std::optional<Usage> ChatReply::usage() && noexcept {
  return fields_.usage;
}
std::vector<ToolCall> ChatReply::tool_calls() && {
  return std::move(fields_.tool_calls);
}
std::string ChatReply::model() && {
  return std::move(fields_.model);
}
std::string ChatReply::request_id() && {
  return std::move(fields_.request_id);
}
std::string ChatReply::raw() && {
  return std::move(fields_.raw);
}

}  // namespace chatopen
