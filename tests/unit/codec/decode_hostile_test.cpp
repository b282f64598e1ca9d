#include "decode_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <simdjson.h>

namespace chatopen::codec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string answer(const std::string& escaped) {
  return R"({"code":"200","data":{"answer":")" + escaped + R"("}})";
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST(DecodeHostile, RefusesWhatIsNotOneJsonDocument) {
  for (const char* const body : {"",
                                 " \n",
                                 "\xEF\xBB\xBF",
                                 "{",
                                 R"({"code":"200","data":{"answer":"hi"})",
                                 R"({"code":"200","data":{"answer":"hi)",
                                 R"({"code":"200"} x)",
                                 R"({"code":"200"}{})",
                                 R"({"code":"200",})",
                                 "{'code':'200'}",
                                 "tru",
                                 "NaN",
                                 "01",
                                 "1.",
                                 "[1e]",
                                 "{1e999:2}",
                                 "[1e999,{1e999 :2}]",
                                 "[1e999 1]",
                                 "[-]",
                                 "[1e999",
                                 "hello",
                                 "data:{}",
                                 "\"a\nb\"",
                                 "\"\\ud800",
                                 "\"\\u12\"",
                                 "\"\\x\""}) {
    const Error error = refused(body);
    EXPECT_EQ(error.kind, ErrorKind::protocol) << body;
    EXPECT_EQ(error.http_status, 200) << body;
    EXPECT_NE(error.message, "") << body;
  }
}

TEST(DecodeHostile, QuotesTheStartOfWhatItRefuses) {
  const Error error = refused("<html>502 canary-id" + std::string(5000, 'x'));
  EXPECT_THAT(error.body_snippet, AllOf(HasSubstr("<html>502 [redacted]xxx"), Not(HasSubstr("canary"))));
  EXPECT_LE(error.body_snippet.size(), 1024u);
  EXPECT_THAT(error.detail, HasSubstr("HTML"));
}

TEST(DecodeHostile, SaysWhenTheReplyIsEmpty) {
  EXPECT_THAT(refused("").message, HasSubstr("empty"));
}

TEST(DecodeHostile, RefusesInvalidUtf8) {
  for (const char* const bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe4\xb8"}) {
    const Error error = refused(answer(bad));
    EXPECT_EQ(error.kind, ErrorKind::protocol);
    EXPECT_THAT(error.message, HasSubstr("UTF-8"));
    EXPECT_TRUE(simdjson::validate_utf8(error.body_snippet));
  }
}

TEST(DecodeHostile, RefusesDeepNestingWithoutACrash) {
  EXPECT_EQ(refused(nested(100'000)).kind, ErrorKind::protocol);
  EXPECT_THAT(refused(nested(100'000)).message, HasSubstr("deep"));
  EXPECT_EQ(refused(std::string(100'000, '[')).kind, ErrorKind::protocol);
  EXPECT_EQ(refused(R"({"x":)" + nested(512) + "}").kind, ErrorKind::protocol);
}

TEST(DecodeHostile, AcceptsNestingUpToTheCap) {
  EXPECT_EQ(accepted(nested(512)).raw, nested(512));
}

TEST(DecodeHostile, KeepsTheCapAfterALargeReply) {
  EXPECT_EQ(accepted(answer(std::string(3'000'000, 'x'))).text.size(), 3'000'000u);
  EXPECT_EQ(refused(nested(513)).kind, ErrorKind::protocol);
}

TEST(DecodeHostile, RepairsLoneSurrogates) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(accepted(answer(R"(a\ud83db)")).text, "a" + bad + "b");
  EXPECT_EQ(accepted(answer(R"(a\ude00b)")).text, "a" + bad + "b");
  EXPECT_EQ(accepted(answer(R"(\ud83d)")).text, bad);
  EXPECT_EQ(accepted(answer(R"(\ud83d\ud83d)")).text, bad + bad);
  EXPECT_EQ(accepted(answer(R"(\ude00\ud83d)")).text, bad + bad);
  EXPECT_EQ(accepted(answer(R"(\uD83D\n\uDE00\"\\)")).text, bad + "\n" + bad + "\"\\");
}

TEST(DecodeHostile, LeavesProperPairsBesideLoneOnes) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(accepted(answer(R"(\ud83d\ude00\ud83d \ud83d\ude00)")).text, "\U0001F600" + bad + " \U0001F600");
  EXPECT_EQ(accepted(answer(R"(\ud83d\ud83d\ude00)")).text, bad + "\U0001F600");
}

TEST(DecodeHostile, LeavesBackslashesThatOnlyLookLikeSurrogates) {
  EXPECT_EQ(accepted(answer(R"(\\ud83d \ud83d)")).text, "\\ud83d \xEF\xBF\xBD");
}

TEST(DecodeHostile, ToleratesNumbersBeyond64Bits) {
  for (const char* const number : {"1e999", "-1E+999", "123456789012345678901234567890", "-123456789012345678901",
                                   "0.5e-99999", "1234567890123456789012.5"}) {
    const std::string body = std::string(R"({"seed":)") + number + R"( ,"n":[)" + number + "," + number +
                             R"(],"code":200,"data":{"answer":"1e999 \ud800","usage":{"total_tokens":12}}})";
    const ChatReply::Fields fields = accepted(body);
    EXPECT_EQ(fields.text, "1e999 \xEF\xBF\xBD") << number;
    ASSERT_TRUE(fields.usage);
    EXPECT_EQ(fields.usage->total_tokens, 12);
  }
  EXPECT_EQ(accepted("1e999").raw, "1e999");
}

TEST(DecodeHostile, SurvivesEveryTruncationAndEveryFlippedByte) {
  const std::string body =
      R"({"code":"200","msg":"ok","data":{"id":"r","choices":[{"message":{"content":[{"type":"text","text":"\ud83d\ude00"}],)"
      R"("tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a":[1.5e9]}}}]}}],"usage":{"total_tokens":"12"}}})";
  ASSERT_EQ(accepted(body).text, "\U0001F600");
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(refused(body.substr(0, size)).kind, ErrorKind::protocol) << size;
  }
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const unsigned flip : {0x01u, 0x20u, 0x80u}) {
      std::string changed = body;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      const Result<ChatReply::Fields> fields = decode(changed);
      EXPECT_TRUE(simdjson::validate_utf8(fields ? fields->text : fields.error().body_snippet)) << changed;
    }
  }
}

}  // namespace
}  // namespace chatopen::codec
