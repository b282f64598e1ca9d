#pragma once

#include "stream/long_text.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>

#include <map>

namespace chatopen::stream {

/// Puts a reply together from its deltas.
class ReplyBuilder {
 public:
  void add(const ChatDelta& delta);

  /// The reply so far: texts joined, tool calls in the order of their indexes, the last finish reason and usage. `raw`
  /// and what deltas do not say stay empty. The builder is as new afterwards.
  [[nodiscard]] ChatReply::Fields take();

 private:
  LongText text_;
  LongText reasoning_;
  ChatReply::Fields fields_;
  // Not a vector, since a server may give an index as high or as low as it likes.
  std::map<int, ToolCall> calls_;
};

/// A whole reply as deltas: one, or one for each tool call when there are several; none when the reply says nothing.
/// False when the callback wants no more.
[[nodiscard]] bool emit_whole(const ChatReply::Fields& reply, const detail::DeltaCallback& on_delta);

}  // namespace chatopen::stream
