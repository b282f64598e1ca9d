#include "stream/reply_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace chatopen::stream {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

ChatReply::Fields built(const std::vector<ChatDelta>& deltas) {
  ReplyBuilder builder;
  for (const ChatDelta& delta : deltas) builder.add(delta);
  ChatReply::Fields reply;
  builder.finish(reply);
  return reply;
}

/// What a whole reply becomes, and what a builder makes of that.
std::vector<ChatDelta> emitted(const ChatReply::Fields& reply) {
  std::vector<ChatDelta> deltas;
  auto keep = [&deltas](const ChatDelta& delta) { deltas.push_back(delta); };
  EXPECT_TRUE(emit_whole(reply, detail::DeltaCallback(keep)));
  return deltas;
}

TEST(ReplyBuilder, JoinsTextAndReasoning) {
  const ChatReply::Fields reply =
      built({{.text = "a"}, {.reasoning = "r"}, {.text = "b", .reasoning = "s"}, {}, {.text = "c"}});
  EXPECT_EQ(reply.text, "abc");
  EXPECT_EQ(reply.reasoning, "rs");
  EXPECT_EQ(reply.finish_reason, "");
  EXPECT_FALSE(reply.usage);
  EXPECT_THAT(reply.tool_calls, IsEmpty());
  EXPECT_EQ(reply.attempts, 1);
}

TEST(ReplyBuilder, IsEmptyWithoutDeltas) {
  EXPECT_EQ(built({}).text, "");
}

TEST(ReplyBuilder, KeepsTheLastFinishReasonAndUsage) {
  const ChatReply::Fields reply = built({{.finish_reason = "length", .usage = Usage{.total_tokens = 1}},
                                         {.finish_reason = "stop", .usage = Usage{.prompt_tokens = 2}},
                                         {.text = "x"}});
  EXPECT_EQ(reply.finish_reason, "stop");
  ASSERT_TRUE(reply.usage);
  EXPECT_EQ(reply.usage->prompt_tokens, 2);
  EXPECT_EQ(reply.usage->total_tokens, 0);
}

TEST(ReplyBuilder, PutsToolCallsTogetherByIndex) {
  const ChatReply::Fields reply =
      built({{.tool_call = ToolCallDelta{.index = 5, .id = "b", .name = "g", .arguments = "{"}},
             {.tool_call = ToolCallDelta{.index = 0, .id = "a"}},
             {.tool_call = ToolCallDelta{.index = 5, .arguments = "}"}},
             {.tool_call = ToolCallDelta{.index = 0, .name = "f", .arguments = "[]"}},
             {.tool_call = ToolCallDelta{.index = std::numeric_limits<int>::max(), .id = "c"}}});
  ASSERT_THAT(reply.tool_calls, SizeIs(3));
  EXPECT_EQ(reply.tool_calls[0].id, "a");
  EXPECT_EQ(reply.tool_calls[0].name, "f");
  EXPECT_EQ(reply.tool_calls[0].arguments, "[]");
  EXPECT_EQ(reply.tool_calls[1].id, "b");
  EXPECT_EQ(reply.tool_calls[1].name, "g");
  EXPECT_EQ(reply.tool_calls[1].arguments, "{}");
  EXPECT_EQ(reply.tool_calls[2].id, "c");
}

TEST(ReplyBuilder, KeepsTheFirstIdAndNameOfServersThatRepeatThem) {
  const ToolCallDelta piece{.id = "a", .name = "f", .arguments = "1"};
  ToolCallDelta other = piece;
  other.id = "b";
  other.name = "g";
  const ChatReply::Fields reply = built({{.tool_call = piece}, {.tool_call = piece}, {.tool_call = other}});
  ASSERT_THAT(reply.tool_calls, SizeIs(1));
  EXPECT_EQ(reply.tool_calls[0].id, "a");
  EXPECT_EQ(reply.tool_calls[0].name, "f");
  EXPECT_EQ(reply.tool_calls[0].arguments, "111");
}

// With time that grows by the square this would take minutes.
TEST(ReplyBuilder, TakesAnyNumberOfToolCallsInAnyOrder) {
  constexpr int calls = 200'000;
  for (const int step : {1, -1}) {
    ReplyBuilder builder;
    ChatDelta delta{.tool_call = ToolCallDelta{.arguments = "x"}};
    for (int i = 0; i < calls; ++i) {
      delta.tool_call->index = step > 0 ? i : calls - 1 - i;
      delta.tool_call->id = std::to_string(delta.tool_call->index);
      builder.add(delta);
    }
    ChatReply::Fields reply;
    builder.finish(reply);
    ASSERT_THAT(reply.tool_calls, SizeIs(calls));
    EXPECT_EQ(reply.tool_calls.front().id, "0");
    EXPECT_EQ(reply.tool_calls.back().id, std::to_string(calls - 1));
  }
}

TEST(ReplyBuilder, LeavesWhatDeltasDoNotSay) {
  ReplyBuilder builder;
  builder.add({.text = "a"});
  ChatReply::Fields reply{.model = "m", .request_id = "r"};
  builder.finish(reply);
  EXPECT_EQ(reply.text, "a");
  EXPECT_EQ(reply.model + reply.request_id, "mr");
}

TEST(EmitWhole, IsOneDelta) {
  const std::vector<ChatDelta> deltas = emitted({.text = "t",
                                                 .reasoning = "r",
                                                 .finish_reason = "stop",
                                                 .usage = Usage{.total_tokens = 3},
                                                 .tool_calls = {{.id = "a", .name = "f", .arguments = "{}"}},
                                                 .raw = "raw"});
  ASSERT_THAT(deltas, SizeIs(1));
  EXPECT_EQ(deltas[0].text, "t");
  EXPECT_EQ(deltas[0].reasoning, "r");
  EXPECT_EQ(deltas[0].finish_reason, "stop");
  ASSERT_TRUE(deltas[0].usage && deltas[0].tool_call);
  EXPECT_EQ(deltas[0].usage->total_tokens, 3);
  EXPECT_EQ(deltas[0].tool_call->index, 0);
  EXPECT_EQ(deltas[0].tool_call->name, "f");
}

TEST(EmitWhole, IsADeltaForEachOfSeveralToolCalls) {
  const ChatReply::Fields reply{.text = "t",
                                .finish_reason = "tool_calls",
                                .usage = Usage{},
                                .tool_calls = {{.id = "a", .arguments = "1"}, {.id = "b"}, {.id = "c"}}};
  const std::vector<ChatDelta> deltas = emitted(reply);
  ASSERT_THAT(deltas, SizeIs(3));
  EXPECT_EQ(deltas[0].text, "t");
  EXPECT_EQ(deltas[0].finish_reason + deltas[1].finish_reason, "");
  EXPECT_FALSE(deltas[0].usage || deltas[1].usage);
  EXPECT_EQ(deltas[2].finish_reason, "tool_calls");
  EXPECT_TRUE(deltas[2].usage);
  const ChatReply::Fields again = built(deltas);
  EXPECT_EQ(again.text, "t");
  ASSERT_THAT(again.tool_calls, SizeIs(3));
  EXPECT_EQ(again.tool_calls[0].arguments, "1");
  EXPECT_EQ(again.tool_calls[2].id, "c");
}

TEST(EmitWhole, IsNothingForAReplyThatSaysNothing) {
  EXPECT_THAT(emitted({.model = "m", .raw = "{}"}), IsEmpty());
  EXPECT_THAT(emitted({.text = "t"}), SizeIs(1));
  EXPECT_THAT(emitted({.reasoning = "r"}), SizeIs(1));
  EXPECT_THAT(emitted({.finish_reason = "stop"}), SizeIs(1));
  EXPECT_THAT(emitted({.usage = Usage{}}), SizeIs(1));
}

TEST(EmitWhole, StopsWhenTheCallbackWantsNoMore) {
  int count = 0;
  auto one = [&count](const ChatDelta&) { return ++count < 1; };
  EXPECT_FALSE(emit_whole({.tool_calls = {{.id = "a"}, {.id = "b"}}}, detail::DeltaCallback(one)));
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace chatopen::stream
