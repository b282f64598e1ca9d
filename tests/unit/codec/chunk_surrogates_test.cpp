#include "chunk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace chatopen::codec {
namespace {

using ::testing::AllOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string bad = "\xEF\xBF\xBD";
const std::string smile = "\U0001F600";

using EventOf = std::function<std::string(const std::string& escaped)>;
using PieceOf = std::function<std::string(const Chunks&)>;

struct Channel {
  const char* name;
  EventOf event;
  PieceOf whole;
};

/// Every way in which text comes.
std::vector<Channel> channels() {
  const auto delta = [](const std::string& before, const std::string& after) {
    return [before, after](const std::string& escaped) { return delta_event(before + escaped + after); };
  };
  return {
      {"answer", answer_event, &Chunks::text},
      {"content", delta(R"({"content":")", R"("})"), &Chunks::text},
      {"part", delta(R"({"content":[{"type":"text","text":")", R"("}]})"), &Chunks::text},
      {"reasoning", delta(R"({"reasoning_content":")", R"("})"), &Chunks::reasoning},
      {"arguments", [](const std::string& escaped) { return arguments_event(3, escaped); },
       [](const Chunks& chunks) { return chunks.arguments(3); }},
  };
}

std::string whole_of(const Channel& channel, const std::vector<std::string>& pieces) {
  std::vector<std::string> events;
  for (const std::string& piece : pieces) events.push_back(channel.event(piece));
  Chunks chunks(events);
  EXPECT_TRUE(chunks.finish());
  return channel.whole(chunks);
}

TEST(ChunkSurrogates, JoinHalvesAtEverySplitIntoTwoEvents) {
  const std::vector<std::string> units = {"a",         R"(\ud83d)", R"(\ude00)", R"(\u4e2d)", R"(\uD834)", R"(\uDD1E)",
                                          R"(\udbff)", R"(\udfff)", R"(\\)",     R"(\ud800)", R"(\udc00)", "z"};
  const std::string expected = "a" + smile + "\u4e2d\U0001D11E\U0010FFFF\\\U00010000z";
  for (const Channel& channel : channels()) {
    for (std::size_t split = 0; split <= units.size(); ++split) {
      std::vector<std::string> pieces(2);
      for (std::size_t i = 0; i < units.size(); ++i) pieces[i < split ? 0 : 1] += units[i];
      EXPECT_EQ(whole_of(channel, pieces), expected) << channel.name << " split before " << split;
    }
    EXPECT_EQ(whole_of(channel, units), expected) << channel.name << " in an event for each";
  }
}

TEST(ChunkSurrogates, BecomeU_FFFDWhereTheyStayAlone) {
  for (const Channel& channel : channels()) {
    EXPECT_EQ(whole_of(channel, {R"(a\ud83d)"}), "a" + bad) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(a\ud83d)", "b"}), "a" + bad + "b") << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(a\ud83d)", R"(b\ude00)"}), "a" + bad + "b" + bad) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ud83d)", R"(\ud83d)", R"(\ude00)"}), bad + smile) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ud83d)", R"(\ud83d\ude00)"}), bad + smile) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ude00)", R"(\ud83d)"}), bad + bad) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ude00\ud83dx\ude00\ud83d)", R"(\ude00)"}), bad + bad + "x" + bad + smile)
        << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\\ud83d)", R"(\\ude00)"}), "\\ud83d\\ude00") << channel.name;
  }
}

TEST(ChunkSurrogates, WaitForTheNextPieceThatIsNotEmpty) {
  for (const Channel& channel : channels()) {
    Chunks chunks({channel.event(R"(\ud83d)")});
    EXPECT_THAT(chunks.deltas, IsEmpty()) << channel.name;
    for (const std::string& event : {channel.event(""), delta_event("{}"), std::string("{}"), std::string()}) {
      EXPECT_EQ(chunks.feed(event), Step::more);
      EXPECT_THAT(chunks.deltas, IsEmpty()) << channel.name;
    }
    EXPECT_EQ(chunks.feed(channel.event(R"(\ude00)")), Step::more);
    EXPECT_EQ(channel.whole(chunks), smile) << channel.name;
  }
}

TEST(ChunkSurrogates, WaitForTheirOwnChannel) {
  const std::string first_call = R"({"index":0,"function":{"arguments":"\ud83d"}})";
  const std::string second_call = R"({"index":1,"function":{"arguments":"\ud834"}})";
  Chunks chunks({delta_event(R"({"content":"\ud83d","reasoning_content":"\ud834","tool_calls":[)" + first_call + "," +
                             second_call + "]}")});
  EXPECT_THAT(chunks.deltas, IsEmpty());
  EXPECT_EQ(chunks.feed(arguments_event(1, R"(\udd1e)")), Step::more);
  EXPECT_EQ(chunks.arguments(1), "\U0001D11E");
  EXPECT_EQ(chunks.feed(delta_event(R"({"reasoning_content":"\udd1e"})")), Step::more);
  EXPECT_EQ(chunks.reasoning(), "\U0001D11E");
  EXPECT_EQ(chunks.feed(delta_event(R"({"content":"\ude00"})")), Step::more);
  EXPECT_EQ(chunks.text(), smile);
  EXPECT_EQ(chunks.feed(arguments_event(0, R"(\ude00)")), Step::more);
  EXPECT_EQ(chunks.arguments(0), smile);
  ASSERT_TRUE(chunks.finish());
  EXPECT_THAT(chunks.deltas, SizeIs(4));
}

TEST(ChunkSurrogates, JoinAcrossThePiecesOfOneEvent) {
  EXPECT_EQ(
      Chunks({delta_event(R"({"content":[{"type":"text","text":"\ud83d"},{"type":"text","text":"\ude00"}]})")}).text(),
      smile);
  EXPECT_EQ(Chunks({tool_calls_event(R"([{"index":0,"function":{"arguments":"\ud83d"}},
                                         {"index":0,"function":{"arguments":"\ude00"}}])")})
                .arguments(0),
            smile);
}

// Else every event would look through all that wait.
TEST(ChunkSurrogates, WaitForAHundredTextsAtMost) {
  Chunks chunks;
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(chunks.feed(arguments_event(i, R"(\ud83d)")), Step::more);
  EXPECT_THAT(chunks.deltas, SizeIs(900));
  EXPECT_EQ(chunks.arguments(100), bad);
  EXPECT_EQ(chunks.feed(arguments_event(99, R"(\ude00)")), Step::more);
  EXPECT_EQ(chunks.arguments(99), smile);
  EXPECT_TRUE(chunks.finish());
  EXPECT_THAT(chunks.deltas, SizeIs(1000));
  EXPECT_EQ(chunks.arguments(0), bad);
}

TEST(ChunkSurrogates, BecomeU_FFFDAtTheEndOfTheStream) {
  const std::string event = delta_event(R"({"content":"\ud83d","reasoning_content":"r\ud83d","tool_calls":[
                      {"index":7,"id":"c","function":{"arguments":"\ud83d"}}]})");
  Chunks chunks({event});
  const std::size_t before = chunks.deltas.size();
  EXPECT_TRUE(chunks.finish());
  EXPECT_EQ(chunks.text(), bad);
  EXPECT_EQ(chunks.reasoning(), "r" + bad);
  EXPECT_EQ(chunks.arguments(7), bad);
  ASSERT_THAT(chunks.deltas, SizeIs(before + 3));
  ASSERT_TRUE(chunks.deltas.back().tool_call);
  EXPECT_EQ(chunks.deltas.back().tool_call->id, "");
  EXPECT_TRUE(chunks.finish());
  EXPECT_THAT(chunks.deltas, SizeIs(before + 3));

  Chunks stopped({event});
  stopped.wanted = stopped.deltas.size() + 1;
  EXPECT_FALSE(stopped.finish());
  EXPECT_THAT(stopped.deltas, SizeIs(before + 1));
}

TEST(ChunkSurrogates, LeaveNoTraceInTextsThatComeWhole) {
  const Chunks chunks({R"({"id":"\ud83d","model":"\ude00m\ud83d\ude00","choices":[{"delta":{"tool_calls":[
      {"id":"\ud83d","function":{"name":"\ude00","arguments":{"\ud83d":["\ude00","\ud83d\ude00"]}}}]},
      "finish_reason":"\ud83d"}]})"});
  ASSERT_THAT(chunks.deltas, SizeIs(1));
  EXPECT_EQ(chunks.decoder.request_id(), bad);
  EXPECT_EQ(chunks.decoder.model(), bad + "m" + smile);
  EXPECT_EQ(chunks.deltas[0].finish_reason, bad);
  ASSERT_TRUE(chunks.deltas[0].tool_call);
  EXPECT_EQ(chunks.deltas[0].tool_call->id, bad);
  EXPECT_EQ(chunks.deltas[0].tool_call->name, bad);
  EXPECT_EQ(chunks.deltas[0].tool_call->arguments, "{\"" + bad + "\":[\"" + bad + "\",\"" + smile + "\"]}");
}

TEST(ChunkSurrogates, LeaveNoTraceInErrors) {
  Chunks chunks;
  EXPECT_EQ(chunks.feed(R"({"code":"500","msg":"\ud83d \ud83d\ude00","data":{"errorMessage":"\ude00"}})"),
            Step::failed);
  EXPECT_EQ(chunks.error.message, bad + " " + smile);
  EXPECT_EQ(chunks.error.detail, bad);
}

TEST(ChunkSurrogates, AreNotTakenForCharactersOfPrivateUse) {
  // Those that the decoder takes for marks of halves, and their neighbours.
  const std::string own = "\U0010D7FF\U0010D83D\U0010DE00\U0010DFFF\U0010E000";
  const std::string escaped = R"(\udbf5\udfff\udbf6\udc3d\udbf7\ude00\udbf7\udfff\udbf8\udc00)";
  for (const Channel& channel : channels()) {
    EXPECT_EQ(whole_of(channel, {own}), own) << channel.name;
    EXPECT_EQ(whole_of(channel, {escaped}), own) << channel.name;
    EXPECT_EQ(whole_of(channel, {own + R"(\ud83d)"}), own + bad) << channel.name;
    EXPECT_EQ(whole_of(channel, {escaped + R"(\ud83d)"}), own + bad) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ud83d)", own}), bad + own) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ud83d)", R"(\ude00)" + own}), bad + bad + own) << channel.name;
    EXPECT_EQ(whole_of(channel, {R"(\ud83d)", R"(\ude00)" + escaped}), smile + own) << channel.name;
  }
}

TEST(ChunkSurrogates, JoinInEventsWithNumbersBeyond64Bits) {
  const std::string number = R"({"n":1e999,"x":123456789012345678901234567890,"data":{"answer":")";
  EXPECT_EQ(Chunks({number + R"(a\ud83d"}})", number + R"(\ude00b\ud83d\ude00"}})"}).text(), "a" + smile + "b" + smile);
}

}  // namespace
}  // namespace chatopen::codec
