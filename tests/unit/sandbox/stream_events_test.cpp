#include "sandbox/stream_events.hpp"
#include "refusal.hpp"
#include "sandbox/json_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chatopen::sandbox {
namespace {

using testing::ElementsAre;

StreamBody stream(const std::string& directives, const std::string& text, UsualReply usual) {
  return make_stream(parse_reply_directives(directives, usual), "m", text, 8);
}

StreamBody envelopes(const std::string& directives = {}, const std::string& text = "one two") {
  return stream(directives, text, UsualReply::envelope_stream);
}

StreamBody chunks(const std::string& directives = {}, const std::string& text = "one two") {
  return stream(directives, text, UsualReply::completion_stream);
}

std::string envelope(const std::string& answer) {
  return R"(data:{"code":"200","msg":"ok","data":{"answer":")" + answer + "\"}}\n\n";
}

std::string chunk(const std::string& delta, const std::string& finish_reason = "null") {
  return R"(data: {"id":"chatcmpl-sandbox","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":)" +
         delta + R"(,"finish_reason":)" + finish_reason + "}]}\n\n";
}

const std::string role = chunk(R"({"role":"assistant","content":""})");
const std::string usage = R"(data: {"id":"chatcmpl-sandbox","object":"chat.completion.chunk","model":"m","choices":[],)"
                          "\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":2,\"total_tokens\":4}}\n\n";

TEST(EnvelopeStream, HasThePiecesInTheAnswers) {
  EXPECT_THAT(envelopes().writes, ElementsAre(envelope("one "), envelope("two"), "data:[DONE]\n\n"));
  EXPECT_EQ(envelopes().end, StreamBody::End::last_chunk);
  EXPECT_THAT(envelopes("", "").writes, ElementsAre("data:[DONE]\n\n"));
}

TEST(EnvelopeStream, MakesTheCodeANumber) {
  EXPECT_THAT(
      envelopes("shape=envelope-number; events=1").writes,
      ElementsAre("data:{\"code\":200,\"msg\":\"ok\",\"data\":{\"answer\":\"one two\"}}\n\n", "data:[DONE]\n\n"));
}

TEST(CompletionStream, HasARoleThePiecesAReasonAndTheUsage) {
  EXPECT_THAT(chunks().writes, ElementsAre(role, chunk(R"({"content":"one "})"), chunk(R"({"content":"two"})"),
                                           chunk("{}", "\"stop\""), usage, "data: [DONE]\n\n"));
}

TEST(CompletionStream, ReasonsFirst) {
  EXPECT_THAT(chunks("reasoning=Hm so; finish-reason=length; events=1").writes,
              ElementsAre(role, chunk(R"({"reasoning_content":"Hm "})"), chunk(R"({"reasoning_content":"so"})"),
                          chunk(R"({"content":"one two"})"), chunk("{}", "\"length\""), usage, "data: [DONE]\n\n"));
}

TEST(CompletionStream, CallsAToolWithArgumentsInFragments) {
  const auto fragment = [](const std::string& arguments) {
    return chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":")" + arguments + "\"}}]}");
  };
  EXPECT_THAT(chunks("tool-call=weather").writes,
              ElementsAre(chunk(R"({"role":"assistant","content":null})"),
                          chunk(R"({"tool_calls":[{"index":0,"id":"call_1","type":"function",)"
                                R"("function":{"name":"weather","arguments":""}}]})"),
                          fragment(R"({\"text\":\"one )"), fragment(R"(two\"})"), chunk("{}", "\"tool_calls\""), usage,
                          "data: [DONE]\n\n"));
}

TEST(CompletionStream, MayStandInTheDataOfEnvelopes) {
  const std::vector<std::string> bare = chunks().writes;
  const std::vector<std::string> inside = chunks("shape=completion-in-data").writes;
  ASSERT_EQ(inside.size(), bare.size());
  for (std::size_t i = 0; i + 1 < bare.size(); ++i) {
    const std::string data = bare[i].substr(6, bare[i].size() - 8);
    EXPECT_EQ(inside[i], R"(data:{"code":"200","msg":"ok","data":)" + data + "}\n\n");
  }
  EXPECT_EQ(inside.back(), "data:[DONE]\n\n");
}

// A model's name may hold what looks like the place of a piece.
TEST(CompletionStream, KeepsTheModelAsItIs) {
  const ReplyDirectives directives = parse_reply_directives("", UsualReply::completion_stream);
  const StreamBody body = make_stream(directives, R"(a"":"")", "hi", 8);
  EXPECT_THAT(body.writes[1],
              testing::HasSubstr(R"("model":"a\"\":\"\"","choices":[{"index":0,"delta":{"content":"hi"})"));
}

TEST(EventStream, HasAsManyPiecesAsWereAskedFor) {
  EXPECT_THAT(envelopes("events=2", "abcd").writes, ElementsAre(envelope("ab"), envelope("cd"), "data:[DONE]\n\n"));
  EXPECT_EQ(refusal_of([] { return envelopes("events=5", "abcd"); }),
            "X-Sandbox-Reply: events=5: the answer has only 4 characters");
}

TEST(EventStream, SplitsSurrogates) {
  EXPECT_THAT(envelopes("split-surrogates=yes", "a 😀").writes,
              ElementsAre(envelope("a "), envelope(R"(\ud83d)"), envelope(R"(\ude00)"), "data:[DONE]\n\n"));
}

TEST(EventStream, BeginsWithHeartbeats) {
  EXPECT_THAT(envelopes("heartbeat=2", "a").writes,
              ElementsAre(": keep-alive\n\n", ": keep-alive\n\n", envelope("a"), "data:[DONE]\n\n"));
}

TEST(EventStream, IsWrittenInPiecesOfAnySize) {
  std::string whole;
  for (const std::string& event : chunks().writes) whole += event;
  for (const std::size_t size : {1U, 2U, 7U, 100U, 1'000'000U}) {
    const std::vector<std::string> writes = chunks("chunk-bytes=" + std::to_string(size)).writes;
    std::string joined;
    for (const std::string& bytes : writes) joined += bytes;
    EXPECT_EQ(joined, whole);
    EXPECT_EQ(writes.size(), (whole.size() + size - 1) / size);
    EXPECT_EQ(writes[0].size(), std::min(size, whole.size()));
  }
}

TEST(EventStream, KnowsItsWaits) {
  EXPECT_EQ(envelopes("pace-ms=7; linger-ms=9").pace, std::chrono::milliseconds(7));
  EXPECT_EQ(envelopes("pace-ms=7; linger-ms=9").linger, std::chrono::milliseconds(9));
}

TEST(EventStream, BreaksOffWithAnError) {
  EXPECT_THAT(envelopes("error-after=1").writes,
              ElementsAre(envelope("one "),
                          "data:{\"code\":\"500\",\"msg\":\"status 200 and envelope code 500, as asked for\","
                          "\"data\":{\"errorMessage\":\"the request was fine: one two\"}}\n\n"));
  EXPECT_EQ(envelopes("error-after=1").end, StreamBody::End::last_chunk);
  EXPECT_THAT(envelopes("error-after=0; envelope=1001").writes,
              ElementsAre(testing::StartsWith("data:{\"code\":\"1001\",")));
  EXPECT_THAT(chunks("error-after=1; envelope=1001").writes,
              ElementsAre(role, chunk(R"({"content":"one "})"),
                          "data: {\"error\":{\"message\":\"status 200 and envelope code 1001, as asked for\","
                          "\"type\":\"sandbox_error\",\"code\":\"1001\"}}\n\n"));
  EXPECT_THAT(chunks("error-after=0; shape=completion-in-data").writes,
              ElementsAre(testing::StartsWith("data:{\"code\":\"500\",")));
}

TEST(EventStream, HasAMalformedEventAmongTheOthers) {
  EXPECT_THAT(envelopes("malformed-after=1").writes,
              ElementsAre(envelope("one "), "data:{\"code\":\"200\",\"msg\":\n\n", envelope("two"), "data:[DONE]\n\n"));
}

TEST(EventStream, IsCutAfterSoManyPieces) {
  EXPECT_THAT(envelopes("cut-after=1").writes, ElementsAre(envelope("one ")));
  EXPECT_EQ(envelopes("cut-after=1").end, StreamBody::End::close);
  EXPECT_EQ(envelopes("cut-after=1; cut=reset").end, StreamBody::End::reset);
  EXPECT_EQ(envelopes("cut-after=1; cut=end").end, StreamBody::End::last_chunk);
  EXPECT_TRUE(chunks("cut-after=0").writes.empty());
  EXPECT_THAT(chunks("cut-after=2; reasoning=Hm").writes,
              ElementsAre(role, chunk(R"({"reasoning_content":"Hm"})"), chunk(R"({"content":"one "})")));
}

TEST(EventStream, IsCutBeforeItsDone) {
  EXPECT_THAT(envelopes("cut=end").writes, ElementsAre(envelope("one "), envelope("two")));
  EXPECT_EQ(envelopes("cut=end").end, StreamBody::End::last_chunk);
  EXPECT_EQ(chunks("cut=close").writes.back(), usage);
  EXPECT_EQ(chunks("cut=close").end, StreamBody::End::close);
}

TEST(EventStream, RefusesToBreakAfterMorePiecesThanThereAre) {
  for (const std::string directive : {"error-after", "malformed-after", "cut-after"}) {
    EXPECT_EQ(refusal_of([&] { return chunks(directive + "=2"); }), "");
    EXPECT_EQ(refusal_of([&] { return chunks(directive + "=3"); }),
              "X-Sandbox-Reply: " + directive + ": the stream has fewer pieces: 2");
  }
}

}  // namespace
}  // namespace chatopen::sandbox
