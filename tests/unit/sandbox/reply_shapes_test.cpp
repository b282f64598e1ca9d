#include "sandbox/reply_shapes.hpp"
#include "sandbox/json_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

Answer answer_to(const std::string& directives) {
  return make_answer(parse_reply_directives(directives), "m", "hi", 8);
}

std::string header(const Answer& answer, const std::string& name) {
  for (const HttpHeader& each : answer.headers) {
    if (each.name == name) return each.value;
  }
  return {};
}

TEST(ReplyShapes, AnswersWithTheObservedEnvelope) {
  const Answer answer = answer_to("");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"code":"200","msg":"ok","data":{"answer":"hi"}})");
  EXPECT_TRUE(answer.headers.empty());
}

TEST(ReplyShapes, MakesTheEnvelopesCodeANumber) {
  EXPECT_EQ(answer_to("shape=envelope-number").body, R"({"code":200,"msg":"ok","data":{"answer":"hi"}})");
  EXPECT_EQ(parse_object(answer_to("shape=envelope-number; envelope=1001").body)["code"], 1001);
  EXPECT_EQ(parse_object(answer_to("shape=envelope-number; envelope=E7").body)["code"], "E7");
}

TEST(ReplyShapes, PutsAnErrorCodeIntoTheEnvelopeUnderAnyStatus) {
  EXPECT_EQ(answer_to("envelope=1001").status, 200);
  const Json refused = parse_object(answer_to("envelope=1001").body);
  EXPECT_EQ(refused["code"], "1001");
  EXPECT_EQ(refused["msg"], "status 200 and envelope code 1001, as asked for");
  EXPECT_EQ(refused["data"]["errorMessage"], "the request was fine: hi");
  EXPECT_EQ(answer_to("status=503").status, 503);
  EXPECT_EQ(parse_object(answer_to("status=503").body)["code"], "503");
}

TEST(ReplyShapes, AnswersWithACompletion) {
  const Json reply = parse_object(answer_to("shape=completion").body);
  EXPECT_EQ(reply["object"], "chat.completion");
  EXPECT_EQ(reply["model"], "m");
  EXPECT_EQ(reply["choices"][0]["message"]["content"], "hi");
  EXPECT_EQ(reply["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(reply["usage"]["prompt_tokens"], 2);
  EXPECT_EQ(reply["usage"]["completion_tokens"], 1);
  EXPECT_EQ(reply["usage"]["total_tokens"], 3);
  EXPECT_EQ(parse_object(answer_to("shape=completion-in-data").body)["data"], reply);
}

TEST(ReplyShapes, AddsWhatACompletionWasAskedToHave) {
  const Json choice =
      parse_object(answer_to("shape=completion; reasoning=Hm; finish-reason=length").body)["choices"][0];
  EXPECT_EQ(choice["message"]["reasoning_content"], "Hm");
  EXPECT_EQ(choice["finish_reason"], "length");
  const Json calling = parse_object(answer_to("shape=completion; tool-call=weather").body)["choices"][0];
  EXPECT_EQ(calling["finish_reason"], "tool_calls");
  EXPECT_TRUE(calling["message"]["content"].is_null());
  EXPECT_EQ(calling["message"]["tool_calls"][0]["function"]["name"], "weather");
  EXPECT_EQ(calling["message"]["tool_calls"][0]["function"]["arguments"], R"({"text":"hi"})");
}

TEST(ReplyShapes, HasTheErrorsOfOtherServers) {
  EXPECT_EQ(answer_to("status=400; shape=error-object").body,
            R"({"error":{"message":"status 400, as asked for","type":"sandbox_error","code":"400"}})");
  EXPECT_EQ(answer_to("status=400; shape=error-text").body, R"({"error":"status 400, as asked for"})");
  EXPECT_EQ(answer_to("status=502; shape=html").content_type, "text/html");
  EXPECT_EQ(answer_to("status=502; shape=html").body.find("<html>"), 0U);
}

TEST(ReplyShapes, HasBodiesThatAreBroken) {
  EXPECT_EQ(answer_to("shape=empty").body, "");
  EXPECT_FALSE(Json::accept(answer_to("shape=truncated").body));
  EXPECT_FALSE(Json::accept(answer_to("shape=invalid-utf8").body));
  EXPECT_EQ(answer_to("shape=raw").body, R"({"unknown":{"received":"hi"}})");
}

TEST(ReplyShapes, SendsTheHeadersAskedFor) {
  const Answer answer =
      answer_to("status=307; retry-after=2; retry-after-ms=5; request-id=r1; location=https://a.example/");
  EXPECT_EQ(header(answer, "Retry-After"), "2");
  EXPECT_EQ(header(answer, "Retry-After-Ms"), "5");
  EXPECT_EQ(header(answer, "X-Request-Id"), "r1");
  EXPECT_EQ(header(answer, "Location"), "https://a.example/");
}

TEST(ReplyShapes, LeavesTheBodyOutWhereHttpForbidsIt) {
  EXPECT_EQ(answer_to("status=204").body, "");
  EXPECT_EQ(answer_to("status=304").body, "");
}

}  // namespace
}  // namespace chatopen::sandbox
