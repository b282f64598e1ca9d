#include "decode_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace chatopen::codec {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string completion(const std::string& message) {
  return R"({"id":"req-1","model":"gpt-4o","choices":[{"message":)" + message + R"(,"finish_reason":"stop"}]})";
}

std::string with_usage(const std::string& usage) {
  return R"({"code":"200","data":{"answer":"hi","usage":)" + usage + "}}";
}

TEST(DecodeChat, ReadsTheAnswerOfAnEnvelope) {
  const ChatReply::Fields fields = accepted(R"({"code":"200","msg":"ok","data":{"answer":"hi \u4e2d\n"}})");
  EXPECT_EQ(fields.text, "hi 中\n");
  EXPECT_EQ(fields.finish_reason, "");
  EXPECT_EQ(fields.model, "");
  EXPECT_FALSE(fields.usage);
  EXPECT_THAT(fields.tool_calls, IsEmpty());
  EXPECT_EQ(fields.attempts, 1);
}

TEST(DecodeChat, AcceptsTheEnvelopesCodeAsANumber) {
  EXPECT_EQ(accepted(R"({"code":200,"data":{"answer":"hi"}})").text, "hi");
  EXPECT_EQ(accepted(R"({"code":200.0,"data":{"answer":"hi"}})").text, "hi");
}

TEST(DecodeChat, ReadsAnAnswerWithoutACode) {
  EXPECT_EQ(accepted(R"({"data":{"answer":"hi"}})").text, "hi");
  EXPECT_EQ(accepted(R"({"code":null,"data":{"answer":"hi"}})").text, "hi");
}

TEST(DecodeChat, ReadsWhatAnEnvelopeCarriesBesideItsAnswer) {
  const ChatReply::Fields fields = accepted(
      R"({"code":"200","data":{"answer":"hi","model":"m","id":"r","usage":{"promptTokens":1,"completionTokens":2,"totalTokens":3}}})");
  EXPECT_EQ(fields.model, "m");
  EXPECT_EQ(fields.request_id, "r");
  ASSERT_TRUE(fields.usage);
  EXPECT_EQ(fields.usage->prompt_tokens, 1);
  EXPECT_EQ(fields.usage->completion_tokens, 2);
  EXPECT_EQ(fields.usage->total_tokens, 3);
}

TEST(DecodeChat, ReadsACompletionBareOrAsData) {
  const std::string bare = completion(R"({"content":"hi","reasoning_content":"well"})");
  for (const std::string& body : {bare, R"({"code":"200","msg":"ok","data":)" + bare + "}"}) {
    const ChatReply::Fields fields = accepted(body);
    EXPECT_EQ(fields.text, "hi");
    EXPECT_EQ(fields.reasoning, "well");
    EXPECT_EQ(fields.finish_reason, "stop");
    EXPECT_EQ(fields.model, "gpt-4o");
    EXPECT_EQ(fields.request_id, "req-1");
  }
}

TEST(DecodeChat, PrefersTheAnswerToChoices) {
  EXPECT_EQ(accepted(R"({"data":{"answer":"a","choices":[{"message":{"content":"b"}}]}})").text, "a");
  EXPECT_EQ(accepted(R"({"data":{"answer":null,"choices":[{"message":{"content":"b"}}]}})").text, "b");
}

TEST(DecodeChat, ReadsABareCompletionDespiteAnEmptyData) {
  EXPECT_EQ(accepted(R"({"data":{},"choices":[{"message":{"content":"b"}}]})").text, "b");
  EXPECT_EQ(accepted(R"({"data":null,"choices":[{"message":{"content":"b"}}]})").text, "b");
}

TEST(DecodeChat, ReadsTheFirstChoiceOnly) {
  EXPECT_EQ(accepted(R"({"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]})").text, "a");
}

TEST(DecodeChat, ReadsContentAsStringNullOrParts) {
  EXPECT_EQ(accepted(completion(R"({"content":null})")).text, "");
  EXPECT_EQ(accepted(completion(R"({"content":[]})")).text, "");
  EXPECT_EQ(accepted(completion(R"({"content":[{"type":"text","text":"a"},{"type":"imageUrl","text":"x"},
                                               7,{"type":"text","text":null},{"type":"text","text":"b"}]})"))
                .text,
            "ab");
}

TEST(DecodeChat, ReadsToolCalls) {
  const ChatReply::Fields fields = accepted(completion(
      R"({"content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
                                       {"id":"c2","function":{"name":"g","arguments":{"a": [1, "b\n"], "c": {}, "d": [],
                                           "e": [1.5, -2, 18446744073709551615, true, null]}}},
                                       {"id":"c3","function":{"name":"h"}},
                                       {"id":"c4"}, "c5"]})"));
  ASSERT_THAT(fields.tool_calls, SizeIs(3));
  EXPECT_EQ(fields.tool_calls[0].id, "c1");
  EXPECT_EQ(fields.tool_calls[0].name, "f");
  EXPECT_EQ(fields.tool_calls[0].arguments, R"({"a":1})");
  EXPECT_EQ(fields.tool_calls[1].name, "g");
  EXPECT_EQ(fields.tool_calls[1].arguments,
            R"({"a":[1,"b\n"],"c":{},"d":[],"e":[1.5,-2,18446744073709551615,true,null]})");
  EXPECT_EQ(fields.tool_calls[2].arguments, "");
}

TEST(DecodeChat, ReadsTokenCountsAsNumbersOrStrings) {
  const ChatReply::Fields fields =
      accepted(with_usage(R"({"prompt_tokens":12,"completion_tokens":"34","total_tokens":46.0})"));
  ASSERT_TRUE(fields.usage);
  EXPECT_EQ(fields.usage->prompt_tokens, 12);
  EXPECT_EQ(fields.usage->completion_tokens, 34);
  EXPECT_EQ(fields.usage->total_tokens, 46);
}

TEST(DecodeChat, IgnoresTokenCountsThatMakeNoSense) {
  for (const char* const bad : {"-1", "1.5", "1e300", "-1e300", "18446744073709551615", "99999999999999999999", "1e999",
                                R"("")", R"("12x")", R"(" 12")", R"("99999999999999999999")", "true", "null", "[1]"}) {
    const ChatReply::Fields fields =
        accepted(with_usage(std::string(R"({"prompt_tokens":7,"total_tokens":)") + bad + "}"));
    EXPECT_EQ(fields.text, "hi") << bad;
    ASSERT_TRUE(fields.usage) << bad;
    EXPECT_EQ(fields.usage->prompt_tokens, 7) << bad;
    EXPECT_EQ(fields.usage->total_tokens, 0) << bad;
  }
}

TEST(DecodeChat, HasNoUsageWhereNothingWasCounted) {
  for (const char* const none : {"null", "{}", "7", "[]", R"({"prompt_tokens":"x"})"}) {
    EXPECT_FALSE(accepted(with_usage(none)).usage) << none;
  }
}

TEST(DecodeChat, TreatsMembersOfAWrongTypeAsAbsent) {
  for (const char* const body :
       {R"({"code":200,"data":{"answer":["hi"]}})", R"({"data":7})", R"({"data":[{"answer":"x"}]})",
        R"({"choices":{"message":{"content":"x"}}})", R"({"choices":["x"]})", R"({"choices":[]})",
        R"({"choices":[{}]})", R"({"choices":[{"message":"x"}]})",
        R"({"choices":[{"message":{"content":{"text":"x"}}}]})",
        R"({"choices":[{"message":{"content":7,"reasoning_content":7,"tool_calls":7},"finish_reason":7}],
            "id":7,"model":{},"usage":"x"})"}) {
    const ChatReply::Fields fields = accepted(body);
    EXPECT_EQ(fields.text, "") << body;
    EXPECT_EQ(fields.reasoning, "") << body;
    EXPECT_EQ(fields.finish_reason, "") << body;
    EXPECT_EQ(fields.model, "") << body;
    EXPECT_EQ(fields.request_id, "") << body;
  }
}

TEST(DecodeChat, IgnoresUnknownMembers) {
  EXPECT_EQ(
      accepted(R"({"x":[1,{"answer":"no"}],"code":"200","data":{"y":{"answer":"no"},"answer":"hi"},"z":null})").text,
      "hi");
}

TEST(DecodeChat, SucceedsWithoutTextForAnyOtherJson) {
  for (const char* const body :
       {"{}", "[]", "null", "7", R"("text")", "true", R"({"answer":"hi"})", " \n{\"a\":[1]}\t"}) {
    const ChatReply::Fields fields = accepted(body);
    EXPECT_EQ(fields.text, "") << body;
    EXPECT_EQ(fields.raw, body);
  }
}

TEST(DecodeChat, TakesTheLastOfDuplicateMembers) {
  EXPECT_EQ(accepted(R"({"code":"500","code":"200","data":{"answer":"a"},"data":{"answer":"b"}})").text, "b");
  EXPECT_EQ(refused(R"({"code":"200","code":"500","data":{"answer":"a"}})").code, "500");
  EXPECT_EQ(accepted(completion(R"({"content":"a","content":"b"})")).text, "b");
}

TEST(DecodeChat, KeepsTheBodyAsItCame) {
  for (const std::string& body :
       {std::string("\xEF\xBB\xBF {\"data\":{\"answer\":\"\\ud800\"}}\r\n"), std::string("{}")}) {
    EXPECT_EQ(accepted(body).raw, body);
  }
}

TEST(DecodeChat, DoesNotCopyABodyWithRoomForThePadding) {
  std::string body;
  body.reserve(4096);
  body = R"({"data":{"answer":"hi"}})";
  const char* const bytes = body.data();
  EXPECT_EQ(accepted(std::move(body)).raw.data(), bytes);
}

TEST(DecodeChat, SkipsAByteOrderMark) {
  EXPECT_EQ(accepted("\xEF\xBB\xBF{\"data\":{\"answer\":\"hi\"}}").text, "hi");
}

TEST(DecodeChat, ReadsRepliesOfManySizesOneAfterAnother) {
  for (const std::size_t size : {0u, 1u, 63u, 64u, 5000u, 3'000'000u, 10u}) {
    const std::string text(size, 'x');
    EXPECT_TRUE(accepted(R"({"data":{"answer":")" + text + R"("}})").text == text) << size;
  }
}

TEST(DecodeChat, WorksOnManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&right, i] {
      const std::string text(1000 * (i + 1), static_cast<char>('a' + i));
      for (int round = 0; round < 50; ++round)
        right[i] += accepted(R"({"data":{"answer":")" + text + R"("}})").text == text;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(right, ::testing::Each(50));
}

}  // namespace
}  // namespace chatopen::codec
