#include "stream/reply_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace chatopen::stream {
namespace {

// Some servers repeat it in every piece.
void keep_first(std::string& kept, const std::string& piece) {
  if (kept.empty()) kept = piece;
}

}  // namespace

void ReplyBuilder::add(const ChatDelta& delta) {
  text_.append(delta.text);
  reasoning_.append(delta.reasoning);
  if (delta.tool_call) {
    ToolCall& call = calls_[delta.tool_call->index];
    keep_first(call.id, delta.tool_call->id);
    keep_first(call.name, delta.tool_call->name);
    call.arguments += delta.tool_call->arguments;
  }
  if (!delta.finish_reason.empty()) finish_reason_ = delta.finish_reason;
  if (delta.usage) usage_ = delta.usage;
}

void ReplyBuilder::finish(ChatReply::Fields& reply) {
  reply.text = text_.take();
  reply.reasoning = reasoning_.take();
  for (auto& [index, call] : calls_) reply.tool_calls.push_back(std::move(call));
  reply.finish_reason.swap(finish_reason_);
  reply.usage = usage_;
}

bool emit_whole(const ChatReply::Fields& reply, const detail::DeltaCallback& on_delta) {
  ChatDelta delta{.text = reply.text, .reasoning = reply.reasoning};
  const std::size_t deltas = std::max<std::size_t>(reply.tool_calls.size(), 1);
  for (std::size_t i = 0; i < deltas; ++i) {
    if (i < reply.tool_calls.size()) {
      const ToolCall& call = reply.tool_calls[i];
      delta.tool_call =
          ToolCallDelta{.index = static_cast<int>(i), .id = call.id, .name = call.name, .arguments = call.arguments};
    }
    if (i + 1 == deltas) {
      delta.finish_reason = reply.finish_reason;
      delta.usage = reply.usage;
    }
    const bool says_something = !delta.text.empty() || !delta.reasoning.empty() || delta.tool_call ||
                                !delta.finish_reason.empty() || delta.usage;
    if (says_something && !on_delta(delta)) return false;
    delta.text.clear();
    delta.reasoning.clear();
  }
  return true;
}

}  // namespace chatopen::stream
