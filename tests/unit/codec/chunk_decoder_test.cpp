#include "../allocation_count.hpp"
#include "chunk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chatopen::codec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(ChunkDecoder, ReadsThePiecesOfAnAnswer) {
  const Chunks chunks({answer_event("The "), answer_event(R"(\u4e2d\n)"), R"({"code":200,"data":{"answer":"end"}})"});
  ASSERT_THAT(chunks.deltas, SizeIs(3));
  EXPECT_EQ(chunks.deltas[0].text, "The ");
  EXPECT_EQ(chunks.deltas[1].text, "\u4e2d\n");
  EXPECT_EQ(chunks.deltas[2].text, "end");
  EXPECT_FALSE(chunks.deltas[0].tool_call || chunks.deltas[0].usage);
  EXPECT_EQ(chunks.deltas[0].reasoning + chunks.deltas[0].finish_reason, "");
  EXPECT_FALSE(chunks.decoder.saw_finish_reason());
}

TEST(ChunkDecoder, IsDoneWhenTheServiceSaysSo) {
  for (const char* const data : {"[DONE]", " [DONE]", "[DONE]\r\n", "\t[DONE] "}) {
    Chunks chunks;
    EXPECT_EQ(chunks.feed(data), Step::done) << data;
    EXPECT_THAT(chunks.deltas, IsEmpty()) << data;
  }
  for (const char* const data : {"[done]", "[DONE]x", "[DONE", "DONE", "\"[DONE]\"", "[\"DONE\"]"}) {
    EXPECT_EQ(Chunks().feed(data), Step::failed) << data;
  }
}

TEST(ChunkDecoder, IgnoresEventsWithoutData) {
  for (const char* const data : {"", " ", "\r\n\t"}) {
    const Chunks chunks({data});
    EXPECT_THAT(chunks.deltas, IsEmpty());
  }
}

TEST(ChunkDecoder, ReadsACompletionChunkBareOrAsData) {
  const std::string bare =
      choice_event(R"({"index":0,"delta":{"content":"hi","reasoning_content":"well"},"finish_reason":"stop"})");
  for (const std::string& event : {bare, R"({"code":"200","msg":"ok","data":)" + bare + "}"}) {
    const Chunks chunks({event});
    ASSERT_THAT(chunks.deltas, SizeIs(1));
    EXPECT_EQ(chunks.deltas[0].text, "hi");
    EXPECT_EQ(chunks.deltas[0].reasoning, "well");
    EXPECT_EQ(chunks.deltas[0].finish_reason, "stop");
    EXPECT_EQ(chunks.decoder.model(), "gpt-4o");
    EXPECT_EQ(chunks.decoder.request_id(), "req-1");
    EXPECT_TRUE(chunks.decoder.saw_finish_reason());
  }
}

TEST(ChunkDecoder, PrefersTheAnswerToChoices) {
  EXPECT_EQ(Chunks({R"({"data":{"answer":"a","choices":[{"delta":{"content":"b"}}]}})"}).text(), "a");
  EXPECT_EQ(Chunks({R"({"data":{"answer":null,"choices":[{"delta":{"content":"b"}}]}})"}).text(), "b");
}

TEST(ChunkDecoder, ReadsContentAsStringNullOrParts) {
  EXPECT_EQ(Chunks({delta_event(R"({"content":null})")}).text(), "");
  EXPECT_EQ(Chunks({delta_event(R"({"content":7})")}).text(), "");
  EXPECT_EQ(Chunks({delta_event(R"({"content":[{"type":"text","text":"a"},{"type":"image","text":"x"},7,
                                               {"type":"text","text":"b"}]})")})
                .text(),
            "ab");
}

TEST(ChunkDecoder, ReadsAMessageWhereThereIsNoDelta) {
  EXPECT_EQ(Chunks({choice_event(R"({"message":{"content":"hi"}})")}).text(), "hi");
  EXPECT_EQ(Chunks({choice_event(R"({"delta":null,"message":{"content":"hi"}})")}).text(), "hi");
  EXPECT_EQ(Chunks({choice_event(R"({"delta":{},"message":{"content":"all again"}})")}).text(), "");
}

TEST(ChunkDecoder, ReadsTheFirstChoiceOnly) {
  const auto both = [](const std::string& first, const std::string& second) {
    return Chunks(
               {choice_event(R"({"delta":{"content":"a"})" + first + R"(},{"delta":{"content":"b"})" + second + "}")})
        .text();
  };
  EXPECT_EQ(both("", ""), "a");
  EXPECT_EQ(both(R"(,"index":0)", R"(,"index":1)"), "a");
  EXPECT_EQ(both(R"(,"index":1)", R"(,"index":0)"), "b");
  EXPECT_EQ(both(R"(,"index":"1")", R"(,"index":null)"), "b");
  EXPECT_EQ(both(R"(,"index":2)", R"(,"index":1)"), "");
  EXPECT_EQ(both(R"(,"index":1)", R"(,"index":0,"finish_reason":"stop")"), "b");

  const Chunks other({choice_event(R"({"index":1,"delta":{"content":"b"},"finish_reason":"stop"})")});
  EXPECT_THAT(other.deltas, IsEmpty());
  EXPECT_FALSE(other.decoder.saw_finish_reason());
}

TEST(ChunkDecoder, ReadsThePiecesOfAToolCall) {
  const Chunks chunks(
      {tool_calls_event(R"([{"index":1,"id":"c1","type":"function","function":{"name":"f","arguments":""}}])"),
       arguments_event(1, R"({\"a\")"), arguments_event(1, ":1}")});
  ASSERT_THAT(chunks.deltas, SizeIs(3));
  ASSERT_TRUE(chunks.deltas[0].tool_call && chunks.deltas[1].tool_call);
  EXPECT_EQ(chunks.deltas[0].tool_call->index, 1);
  EXPECT_EQ(chunks.deltas[0].tool_call->id, "c1");
  EXPECT_EQ(chunks.deltas[0].tool_call->name, "f");
  EXPECT_EQ(chunks.deltas[0].tool_call->arguments, "");
  EXPECT_EQ(chunks.deltas[1].tool_call->id + chunks.deltas[1].tool_call->name, "");
  EXPECT_EQ(chunks.arguments(1), R"({"a":1})");
}

TEST(ChunkDecoder, HandsOutOneDeltaForEachPieceOfAToolCall) {
  const Chunks chunks({choice_event(R"({"delta":{"content":"t","reasoning_content":"r","tool_calls":[
      {"index":0,"id":"a","function":{"name":"f","arguments":"1"}},
      {"index":2,"id":"b","function":{"name":"g","arguments":"2"}},
      {"index":0,"function":{"arguments":"3"}}]},"finish_reason":"tool_calls"})")});
  ASSERT_THAT(chunks.deltas, SizeIs(3));
  EXPECT_EQ(chunks.deltas[0].text + chunks.deltas[0].reasoning, "tr");
  EXPECT_EQ(chunks.deltas[1].text + chunks.deltas[1].reasoning, "");
  EXPECT_EQ(chunks.deltas[2].text + chunks.deltas[2].reasoning, "");
  ASSERT_TRUE(chunks.deltas[0].tool_call && chunks.deltas[1].tool_call && chunks.deltas[2].tool_call);
  EXPECT_EQ(chunks.deltas[0].tool_call->id, "a");
  EXPECT_EQ(chunks.deltas[1].tool_call->id, "b");
  EXPECT_EQ(chunks.deltas[1].tool_call->index, 2);
  EXPECT_EQ(chunks.deltas[2].tool_call->id, "");
  EXPECT_EQ(chunks.arguments(0), "13");
  EXPECT_EQ(chunks.deltas[0].finish_reason + chunks.deltas[1].finish_reason, "");
  EXPECT_EQ(chunks.deltas[2].finish_reason, "tool_calls");
}

TEST(ChunkDecoder, NumbersToolCallsWithoutAnIndexByTheirPosition) {
  const Chunks chunks({tool_calls_event(R"([{"id":"a"},7,{"id":"b","index":null},{"id":"c","index":"9"},
      {"id":"d","index":-1},{"id":"e","index":2147483648},{"id":"f","index":2147483647}])")});
  std::vector<std::pair<std::string, int>> calls;
  for (const ChatDelta& delta : chunks.deltas) calls.emplace_back(delta.tool_call->id, delta.tool_call->index);
  EXPECT_THAT(calls, ::testing::ElementsAre(std::pair("a", 0), std::pair("b", 2), std::pair("c", 9), std::pair("d", 10),
                                            std::pair("e", 11), std::pair("f", 2147483647)));
}

TEST(ChunkDecoder, BeginsAnotherToolCallWithAnotherIdWhereThereIsNoIndex) {
  const auto call = [](const std::string& id, const std::string& arguments) {
    return tool_calls_event(R"([{"id":")" + id + R"(","function":{"arguments":")" + arguments + R"("}}])");
  };
  // Pieces without an identifier, or with the same, go on with the call before.
  const Chunks chunks({call("a", "1"), call("b", "2"), call("", "3"), call("b", "4"), call("c", "5"),
                       arguments_event(7, "6"), call("d", "7"), call("", "8")});
  EXPECT_EQ(chunks.arguments(0), "1");
  EXPECT_EQ(chunks.arguments(1), "234");
  EXPECT_EQ(chunks.arguments(2), "5");
  EXPECT_EQ(chunks.arguments(7), "6");
  EXPECT_EQ(chunks.arguments(8), "78");

  const Chunks pairs({tool_calls_event(R"([{"id":"a"},{"id":"b"}])"),
                      tool_calls_event(R"([{"function":{"arguments":"1"}},{"function":{"arguments":"2"}}])"),
                      tool_calls_event(R"([{"id":"c"},{"id":"d"}])"), call("", "3")});
  EXPECT_EQ(pairs.arguments(0), "1");
  EXPECT_EQ(pairs.arguments(1), "2");
  EXPECT_EQ(pairs.arguments(3), "3");

  const Chunks more({call("a", "1"), tool_calls_event(R"([{"id":"b"},{"id":"c"}])"), call("", "3")});
  EXPECT_EQ(more.arguments(0), "1");
  EXPECT_EQ(more.arguments(1), "");
  EXPECT_EQ(more.arguments(2), "3");

  const Chunks most({arguments_event(std::numeric_limits<int>::max(), "1"), call("a", "2"), call("b", "3")});
  EXPECT_EQ(most.arguments(0), "23");
}

TEST(ChunkDecoder, KnowsToolCallsByTheirIdsWhenTheirPiecesComeInTurnWithoutAnIndex) {
  const auto piece = [](const std::string& id, const std::string& arguments, const std::string& index = "") {
    return tool_calls_event(R"([{"id":")" + id + "\"" + index + R"(,"function":{"arguments":")" + arguments +
                            R"("}}])");
  };
  const Chunks turns({piece("a", "1"), piece("b", "2"), piece("a", "3"), piece("b", "4"), piece("", "5"),
                      tool_calls_event(R"([{"id":"b","function":{"arguments":"6"}},{"id":"c"},{"id":"a"}])")});
  EXPECT_EQ(turns.arguments(0), "13");
  EXPECT_EQ(turns.arguments(1), "2456");
  EXPECT_EQ(turns.deltas[6].tool_call->index, 2);

  const Chunks indexed_at_first(
      {piece("a", "1", R"(,"index":0)"), piece("b", "2", R"(,"index":1)"), piece("", "3"), piece("a", "4")});
  EXPECT_EQ(indexed_at_first.arguments(0), "14");
  EXPECT_EQ(indexed_at_first.arguments(1), "23");
}

TEST(ChunkDecoder, KnowsAHundredToolCallsAtMost) {
  std::vector<std::string> events;
  for (int i = 0; i <= 100; ++i) events.push_back(tool_calls_event(R"([{"id":"call )" + std::to_string(i) + "\"}]"));
  for (const std::size_t again : {98U, 100U, 99U}) events.push_back(events[again]);
  const Chunks chunks(events);
  EXPECT_EQ(chunks.deltas[101].tool_call->index, 98);
  EXPECT_EQ(chunks.deltas[102].tool_call->index, 100) << "the last, too";
  EXPECT_EQ(chunks.deltas[103].tool_call->index, 101) << "taken for another";
}

TEST(ChunkDecoder, ReadsArgumentsThatComeAsJson) {
  const Chunks chunks({tool_calls_event(R"([{"function":{"name":"f","arguments":{"a": [1, "b\n"]}}}])")});
  EXPECT_EQ(chunks.arguments(0), R"({"a":[1,"b\n"]})");
}

TEST(ChunkDecoder, ReadsUsageAlsoWithoutChoices) {
  const std::string usage = R"("usage":{"prompt_tokens":3,"completion_tokens":"4","total_tokens":7})";
  for (const std::string& event :
       {R"({"choices":[],)" + usage + "}", "{" + usage + "}", R"({"code":"200","data":{"answer":"",)" + usage + "}}"}) {
    const Chunks chunks({event});
    ASSERT_THAT(chunks.deltas, SizeIs(1)) << event;
    ASSERT_TRUE(chunks.deltas[0].usage) << event;
    EXPECT_EQ(chunks.deltas[0].usage->prompt_tokens, 3);
    EXPECT_EQ(chunks.deltas[0].usage->completion_tokens, 4);
    EXPECT_EQ(chunks.deltas[0].usage->total_tokens, 7);
  }
}

TEST(ChunkDecoder, HandsOutNoDeltaForAnEventThatCarriesNothing) {
  for (const std::string& event :
       {delta_event(R"({"role":"assistant"})"), delta_event(R"({"role":"assistant","content":""})"), delta_event("{}"),
        delta_event(R"({"tool_calls":[]})"), tool_calls_event(R"([{"index":0,"function":{"arguments":""}}])"),
        choice_event(R"({"delta":{},"finish_reason":""})"), choice_event(""), choice_event("7"), answer_event(""),
        std::string("{}"), std::string(R"({"code":"200","msg":"ok"})"), std::string(R"({"data":"text"})"),
        std::string(R"({"ping":1})"), std::string(R"({"choices":{},"usage":[],"data":[{"answer":"x"}]})"),
        std::string(R"({"answer":"x"})"), std::string(R"({"usage":{}})")}) {
    const Chunks chunks({event});
    EXPECT_THAT(chunks.deltas, IsEmpty()) << event;
  }
}

TEST(ChunkDecoder, KeepsNothingOfTheEventBefore) {
  const Chunks chunks({choice_event(R"({"delta":{"content":"t","reasoning_content":"r","tool_calls":[
                           {"id":"a","function":{"name":"f","arguments":"1"}},{"id":"b"}]},"finish_reason":"stop"}],
                           "usage":{"total_tokens":1},"x":[)"),
                       delta_event(R"({"content":"u"})"), tool_calls_event(R"([{"function":{"arguments":"2"}}])")});
  ASSERT_THAT(chunks.deltas, SizeIs(4));
  EXPECT_TRUE(chunks.deltas[1].usage);
  EXPECT_EQ(chunks.deltas[2].text, "u");
  EXPECT_EQ(chunks.deltas[2].reasoning + chunks.deltas[2].finish_reason, "");
  EXPECT_FALSE(chunks.deltas[2].tool_call || chunks.deltas[2].usage);
  ASSERT_TRUE(chunks.deltas[3].tool_call);
  EXPECT_EQ(chunks.deltas[3].tool_call->id + chunks.deltas[3].tool_call->name, "");
  EXPECT_EQ(chunks.deltas[3].tool_call->arguments, "2");
  EXPECT_TRUE(chunks.decoder.saw_finish_reason());
}

TEST(ChunkDecoder, TakesModelAndRequestIdFromTheFirstEventThatHasThem) {
  const Chunks chunks({answer_event("a"), R"({"data":{"answer":"b","id":"r1"}})",
                       R"({"data":{"answer":"c","id":"r2","model":"m1"}})", R"({"choices":[],"model":"m2"})"});
  EXPECT_EQ(chunks.decoder.request_id(), "r1");
  EXPECT_EQ(chunks.decoder.model(), "m1");
}

TEST(ChunkDecoder, FailsWithTheErrorThatAnEventCarries) {
  Chunks chunks;
  EXPECT_EQ(chunks.feed(answer_event("a")), Step::more);
  EXPECT_EQ(chunks.feed(R"({"code":"429","msg":"slow canary-id","data":{"answer":"b","errorMessage":"more"}})"),
            Step::failed);
  EXPECT_EQ(chunks.error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(chunks.error.http_status, 200);
  EXPECT_EQ(chunks.error.code, "429");
  EXPECT_EQ(chunks.error.message, "slow [redacted]");
  EXPECT_EQ(chunks.error.detail, "more");
  EXPECT_THAT(chunks.error.body_snippet, AllOf(HasSubstr("429"), Not(HasSubstr("canary"))));
  EXPECT_EQ(chunks.text(), "a");
}

TEST(ChunkDecoder, FailsWithAnErrorMember) {
  for (const char* const event : {R"({"error":{"message":"boom","code":"overloaded"}})",
                                  R"({"code":"200","data":{"error":{"message":"boom","code":"overloaded"}}})",
                                  R"({"error":{"message":"boom","code":"overloaded"},"choices":[]})"}) {
    Chunks chunks;
    EXPECT_EQ(chunks.feed(event), Step::failed) << event;
    EXPECT_EQ(chunks.error.kind, ErrorKind::api) << event;
    EXPECT_EQ(chunks.error.code, "overloaded") << event;
    EXPECT_EQ(chunks.error.message, "boom") << event;
  }
  EXPECT_EQ(Chunks().feed(R"({"error":null,"data":{"answer":"hi","error":false}})"), Step::more);
}

TEST(ChunkDecoder, StopsWhenTheCallbackWantsNoMore) {
  Chunks chunks;
  chunks.wanted = 2;
  EXPECT_EQ(chunks.feed(answer_event("a")), Step::more);
  EXPECT_EQ(chunks.feed(tool_calls_event(R"([{"id":"b"},{"id":"c"}])")), Step::stopped);
  ASSERT_THAT(chunks.deltas, SizeIs(2));
  EXPECT_EQ(chunks.deltas[1].tool_call->id, "b");
}

TEST(ChunkDecoder, LetsTheCallbackDecodeOtherReplies) {
  Chunks outer;
  std::string ids;
  auto on_delta = [&ids](const ChatDelta& delta) {
    ids += delta.tool_call->id;
    EXPECT_EQ(accepted(answer_event(std::string(10'000, 'x'))).text.size(), 10'000u);
    EXPECT_EQ(Chunks({answer_event("y")}).text(), "y");
  };
  Error error;
  const std::string event = tool_calls_event(R"([{"id":"a"},{"id":"b"},{"id":"c"}])");
  EXPECT_EQ(outer.decoder.decode(event, 200, detail::DeltaCallback(on_delta), error), Step::more);
  EXPECT_EQ(ids, "abc");
}

TEST(ChunkDecoder, AllocatesNothingForAnEventLikeTheOnesBefore) {
  const std::vector<std::string> events = {
      answer_event("a piece that is longer than a small string"),
      tool_calls_event(R"([{"id":"an identifier that is longer than a small string","function":{"name":"f",
          "arguments":"arguments that are longer than a small string"}},{"index":1,"id":"b"}])")};
  const base::Redactor secrets = redactor();
  ChunkDecoder decoder(secrets);
  std::size_t bytes = 0;
  auto on_delta = [&bytes](const ChatDelta& delta) { bytes += delta.text.size(); };
  Error error;
  const auto decode_all = [&] {
    for (const std::string& event : events) {
      EXPECT_EQ(decoder.decode(event, 200, detail::DeltaCallback(on_delta), error), Step::more);
    }
  };
  decode_all();
  const AllocationCount allocations(1);
  decode_all();
  EXPECT_EQ(allocations.count(), 0);
}

TEST(ChunkDecoder, DoesNotKeepTheMemoryOfALargeEvent) {
  const std::string large = answer_event(std::string(3'000'000, 'x'));
  const base::Redactor secrets = redactor();
  ChunkDecoder decoder(secrets);
  std::size_t capacity = 0;
  auto on_delta = [&capacity](const ChatDelta& delta) { capacity = delta.text.capacity(); };
  Error error;
  EXPECT_EQ(decoder.decode(large, 200, detail::DeltaCallback(on_delta), error), Step::more);
  EXPECT_GE(capacity, 3'000'000u);
  EXPECT_EQ(decoder.decode(answer_event("y"), 200, detail::DeltaCallback(on_delta), error), Step::more);
  EXPECT_LT(capacity, 1'000u);
}

}  // namespace
}  // namespace chatopen::codec
