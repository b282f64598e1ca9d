#include "chunk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chatopen::codec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

/// The error of an event that must be refused without a delta.
Error refused_event(std::string_view data) {
  Chunks chunks;
  const Step step = chunks.feed(data);
  EXPECT_EQ(step, Step::failed) << data.substr(0, 100);
  EXPECT_THAT(chunks.deltas, IsEmpty()) << data.substr(0, 100);
  return step == Step::failed ? chunks.error : Error{.kind = ErrorKind::cancelled, .message = "was accepted"};
}

TEST(ChunkHostile, RefusesWhatIsNotJson) {
  for (const char* const data : {"hello", "{", "{}}", "{} {}", R"({"code":"200",})", "{'code':'200'}", "\xEF\xBB\xBF",
                                 "data:{}", "{\"a\":\"\n\"}", R"({"a":"\ud800)", R"({"a":"\ud83d\u12"})"}) {
    const Error error = refused_event(data);
    EXPECT_EQ(error.kind, ErrorKind::protocol) << data;
    EXPECT_EQ(error.http_status, 200) << data;
    EXPECT_THAT(error.message, ::testing::StartsWith("an event of the stream is ")) << data;
  }
  EXPECT_EQ(refused_event("hello").message, "an event of the stream is not JSON");
  EXPECT_NE(refused_event("hello").detail, "");
}

TEST(ChunkHostile, QuotesTheStartOfWhatItRefuses) {
  const Error error = refused_event("<html>502 canary-id" + std::string(5000, 'x'));
  EXPECT_THAT(error.body_snippet, AllOf(HasSubstr("<html>502 [redacted]xxx"), Not(HasSubstr("canary"))));
  EXPECT_LE(error.body_snippet.size(), 1024u);
  EXPECT_THAT(error.detail, HasSubstr("HTML"));
}

TEST(ChunkHostile, RefusesJsonThatIsNoObject) {
  for (const char* const data : {"[]", "7", "null", "true", R"("text")", R"([{"data":{"answer":"x"}}])", "1e999"}) {
    const Error error = refused_event(data);
    EXPECT_EQ(error.kind, ErrorKind::protocol) << data;
    EXPECT_EQ(error.message, "an event of the stream is not a JSON object") << data;
    EXPECT_EQ(error.body_snippet, data);
  }
}

TEST(ChunkHostile, RefusesInvalidUtf8) {
  for (const char* const wrong : {"\xff", "\xc0\xaf", "\xed\xa0\xbd", "\xe4\xb8",
                                  R"(\ud83d)"
                                  "\xed\xb8\x80"}) {
    const Error error = refused_event(answer_event(wrong));
    EXPECT_EQ(error.kind, ErrorKind::protocol);
    EXPECT_THAT(error.message, HasSubstr("UTF-8"));
    EXPECT_TRUE(simdjson::validate_utf8(error.body_snippet));
  }
}

TEST(ChunkHostile, RefusesDeepNestingWithoutACrash) {
  EXPECT_THAT(refused_event(R"({"x":)" + nested(100'000) + "}").message, HasSubstr("deep"));
  EXPECT_EQ(refused_event(std::string(100'000, '[')).kind, ErrorKind::protocol);
  EXPECT_EQ(Chunks({R"({"data":{"answer":"hi"},"x":)" + nested(511) + "}"}).text(), "hi");
  const std::string arguments = nested(500);
  EXPECT_EQ(Chunks({tool_calls_event(R"([{"function":{"arguments":)" + arguments + "}}]")}).arguments(0), arguments);
}

TEST(ChunkHostile, ToleratesNumbersBeyond64Bits) {
  for (const char* const number : {"1e999", "-1E+999", "123456789012345678901234567890", "-123456789012345678901"}) {
    const std::string event =
        std::string(R"({"created":)") + number + R"(,"choices":[{"index":0,"delta":{"content":"hi",
        "tool_calls":[{"index":)" +
        number + R"(,"id":"c"}]}}],"usage":{"prompt_tokens":)" + number + R"(,"total_tokens":2}})";
    const Chunks chunks({event});
    EXPECT_EQ(chunks.text(), "hi") << number;
    ASSERT_EQ(chunks.deltas.size(), 1u) << number;
    ASSERT_TRUE(chunks.deltas[0].tool_call && chunks.deltas[0].usage) << number;
    EXPECT_EQ(chunks.deltas[0].tool_call->index, 0) << number;
    EXPECT_EQ(chunks.deltas[0].usage->prompt_tokens, 0) << number;
    EXPECT_EQ(chunks.deltas[0].usage->total_tokens, 2) << number;
  }
}

TEST(ChunkHostile, SkipsAByteOrderMark) {
  EXPECT_EQ(Chunks({"\xEF\xBB\xBF" + answer_event("hi")}).text(), "hi");
  EXPECT_EQ(Chunks({"\xEF\xBB\xBF" + answer_event(R"(\ud83d)"), "\xEF\xBB\xBF" + answer_event(R"(\ude00)")}).text(),
            "\U0001F600");
}

TEST(ChunkHostile, ReadsDataInTheMiddleOfOtherBytes) {
  const std::string event = answer_event("hi");
  const std::string buffer = "\"{[" + event + "}}]\"\\\xff";
  Chunks chunks;
  EXPECT_EQ(chunks.feed(std::string_view(buffer).substr(3, event.size())), Step::more);
  EXPECT_EQ(chunks.text(), "hi");
}

TEST(ChunkHostile, SurvivesEveryTruncationAndEveryFlippedByte) {
  const std::string event =
      R"({"code":"200","msg":"ok","data":{"id":"r\ud83d","choices":[{"index":0,"delta":{"content":[{"type":"text",)"
      R"("text":"\ud83d\ude00\ud83d"}],"reasoning_content":"\ud83d","tool_calls":[{"index":1,"id":"c","function":)"
      R"({"name":"f","arguments":"\ude00\ud83d"}},{"function":{"arguments":{"a":[1.5e9]}}}]},"finish_reason":"stop"}],)"
      R"("usage":{"total_tokens":"12"}}})";
  ASSERT_EQ(Chunks({event}).text(), "\U0001F600");
  for (std::size_t size = 1; size < event.size(); ++size) {
    EXPECT_EQ(refused_event(event.substr(0, size)).kind, ErrorKind::protocol) << size;
  }
  for (std::size_t at = 0; at < event.size(); ++at) {
    for (const unsigned flip : {0x01u, 0x20u, 0x80u}) {
      std::string changed = event;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      Chunks chunks;
      chunks.feed(event);
      chunks.feed(changed);
      chunks.finish();
      const std::string all = chunks.text() + chunks.reasoning() + chunks.arguments(0) + chunks.arguments(1);
      EXPECT_THAT(all, Not(HasSubstr("not valid UTF-8"))) << changed;
      EXPECT_THAT(all, Not(HasSubstr("\xF4\x8D"))) << changed;
    }
  }
}

}  // namespace
}  // namespace chatopen::codec
