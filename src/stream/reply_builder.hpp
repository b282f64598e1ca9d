#pragma once

#include "stream/long_text.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>

#include <map>
#include <optional>
#include <string>

namespace chatopen::stream {

/// Puts a reply together from its deltas.
class ReplyBuilder {
 public:
  void add(const ChatDelta& delta);

  /// Writes the reply so far: texts joined, tool calls in the order of their indexes, the last finish reason and usage.
  /// What deltas do not say stays as it is. Once.
  void finish(ChatReply::Fields& reply);

 private:
  // By index, which a server may give as high or as low as it likes, and as many in whatever order.
  std::map<int, ToolCall> calls_;
  std::string finish_reason_;
  std::optional<Usage> usage_;
  LongText reasoning_;
  LongText text_;
};

/// A whole reply as deltas: one, or one for each tool call when there are several; none when the reply says nothing.
/// False when the callback wants no more.
[[nodiscard]] bool emit_whole(const ChatReply::Fields& reply, const detail::DeltaCallback& on_delta);

}  // namespace chatopen::stream
