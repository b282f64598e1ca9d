#include "sandbox/service.hpp"
#include "sandbox/json_body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

using testing::HasSubstr;

Incoming valid_request() {
  return {.method = "POST",
          .target = "/AIGCChatOpenServ/saas/gpt-4o/text/v3",
          .headers = {{"x-request-req-ACCESSKEYID", "id"},
                      {"X-Request-Req-Accesskeysecret", "secret"},
                      {"Content-Type", "application/json"}},
          .body = R"({"messages":[{"role":"user","content":"hi"}]})"};
}

Answer serve(const Incoming& request) {
  return Service({"id", "secret"}, "http://pictures.example").serve(request);
}

std::string message_of(const Answer& answer) {
  return parse_object(answer.body)["msg"];
}

Incoming with_header(const std::string& name, const std::string& value) {
  Incoming request = valid_request();
  std::erase_if(request.headers, [&name](const HttpHeader& header) { return header.name == name; });
  request.headers.push_back({name, value});
  return request;
}

Incoming without_header(const std::string& name) {
  Incoming request = valid_request();
  std::erase_if(request.headers, [&name](const HttpHeader& header) { return header.name == name; });
  return request;
}

Incoming to(const std::string& target) {
  Incoming request = valid_request();
  request.target = target;
  return request;
}

TEST(Service, AnswersWhatItReceived) {
  const Answer answer = serve(valid_request());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(parse_object(answer.body)["data"]["answer"], R"(gpt-4o received 1 message: user: "hi")");
}

TEST(Service, TakesThePromptForm) {
  Incoming request = to("/AIGCChatOpenServ/saas/deepseek-chat/text");
  request.body = R"({"issue":"hi","stream":true})";
  const Answer answer = serve(request);
  EXPECT_FALSE(answer.stream);
  EXPECT_EQ(parse_object(answer.body)["data"]["answer"], R"(deepseek-chat received the prompt "hi" (stream: true))");
}

TEST(Service, StreamsEnvelopesOnThePathForStreams) {
  Incoming request = to("/AIGCChatOpenServ/saas/any%20role/stream");
  request.body = R"({"issue":"hi"})";
  const Answer answer = serve(request);
  EXPECT_EQ(answer.content_type, "text/event-stream");
  ASSERT_TRUE(answer.stream);
  EXPECT_EQ(answer.stream->writes[0], "data:{\"code\":\"200\",\"msg\":\"ok\",\"data\":{\"answer\":\"any \"}}\n\n");
}

TEST(Service, StreamsCompletionsWhenTheBodyAsksForThem) {
  Incoming request = valid_request();
  request.body = R"({"messages":[{"role":"user","content":"hi"}],"stream":true})";
  const Answer answer = serve(request);
  EXPECT_EQ(answer.content_type, "text/event-stream");
  ASSERT_TRUE(answer.stream);
  EXPECT_THAT(answer.stream->writes[0], HasSubstr("chat.completion.chunk"));
  request.body = R"({"messages":[{"role":"user","content":"hi"}],"stream":false})";
  EXPECT_FALSE(serve(request).stream);
}

TEST(Service, SendsTheHeadersOfAStream) {
  Incoming request = with_header("X-Sandbox-Reply", "request-id=r1; delay-ms=7; together=2");
  request.target = "/AIGCChatOpenServ/saas/m/stream";
  request.body = R"({"issue":"hi"})";
  const Answer answer = serve(request);
  ASSERT_TRUE(answer.stream);
  EXPECT_EQ(answer.headers[0].name + ": " + answer.headers[0].value, "X-Request-Id: r1");
  EXPECT_EQ(answer.delay, std::chrono::milliseconds(7));
  EXPECT_EQ(answer.together, 2);
}

TEST(Service, DecodesTheModelAndIgnoresAQuery) {
  const Answer answer = serve(to("/AIGCChatOpenServ/saas/a%2Fb%20%e7%8c%ab/text/v3?x=/y"));
  EXPECT_EQ(parse_object(answer.body)["data"]["answer"], R"(a/b 猫 received 1 message: user: "hi")");
}

TEST(Service, SaysWhatItServesWhenThePathIsAnother) {
  for (const char* path : {"/", "/AIGCChatOpenServ/saas/", "/AIGCChatOpenServ/saas//text/v3",
                           "/AIGCChatOpenServ/saas/gpt-4o", "/AIGCChatOpenServ/saas/gpt-4o/text/v2",
                           "/AIGCChatOpenServ/saas/gpt-4o/image", "/aigcchatopenserv/saas/gpt-4o/text/v3"}) {
    const Answer answer = serve(to(path));
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(parse_object(answer.body)["code"], "404") << path;
    EXPECT_THAT(message_of(answer), HasSubstr("POST /AIGCChatOpenServ/saas/{model}/text/v3")) << path;
  }
}

TEST(Service, RefusesABrokenPercentEncoding) {
  for (const char* model : {"a%", "a%2", "a%zz"}) {
    const Answer answer = serve(to("/AIGCChatOpenServ/saas/" + std::string(model) + "/text/v3"));
    EXPECT_EQ(answer.status, 400) << model;
    EXPECT_EQ(message_of(answer), "the path has a % without two hexadecimal digits") << model;
  }
}

TEST(Service, RefusesAModelThatLeadsElsewhere) {
  for (const char* model : {"..", ".", "%2e%2E"}) {
    EXPECT_EQ(serve(to("/AIGCChatOpenServ/saas/" + std::string(model) + "/text/v3")).status, 400) << model;
  }
}

TEST(Service, TakesPostOnly) {
  Incoming request = valid_request();
  request.method = "GET";
  const Answer answer = serve(request);
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(message_of(answer), "this path takes POST, not GET");
  ASSERT_EQ(answer.headers.size(), 1U);
  EXPECT_EQ(answer.headers[0].name + ": " + answer.headers[0].value, "Allow: POST");
}

TEST(Service, RefusesMissingCredentials) {
  const Answer without_secret = serve(without_header("X-Request-Req-Accesskeysecret"));
  EXPECT_EQ(without_secret.status, 401);
  EXPECT_EQ(without_secret.body,
            R"({"code":"401","msg":"the header X-Request-Req-Accesskeysecret is missing","data":null})");
  EXPECT_EQ(message_of(serve(without_header("x-request-req-ACCESSKEYID"))),
            "the header X-Request-Req-Accesskeyid is missing");
}

TEST(Service, RefusesOtherCredentialsAndDoesNotRepeatThem) {
  for (const char* secret : {"", "secre", "secrets", "secretsecret", "Secret", "sekret"}) {
    const Answer answer = serve(with_header("X-Request-Req-Accesskeysecret", secret));
    EXPECT_EQ(answer.status, 401) << secret;
    EXPECT_EQ(message_of(answer), "this sandbox has other credentials") << secret;
  }
  EXPECT_EQ(serve(with_header("x-request-req-ACCESSKEYID", "di")).status, 401);
}

TEST(Service, RefusesCredentialsThatCameTwice) {
  Incoming request = valid_request();
  request.headers.push_back({"X-Request-Req-Accesskeyid", "id"});
  EXPECT_EQ(serve(request).status, 400);
  EXPECT_EQ(message_of(serve(request)), "the header X-Request-Req-Accesskeyid came twice");
}

TEST(Service, RefusesOtherContentTypes) {
  EXPECT_EQ(message_of(serve(without_header("Content-Type"))),
            "the header Content-Type is missing; expected application/json");
  EXPECT_EQ(message_of(serve(with_header("Content-Type", "text/plain"))),
            R"(the header Content-Type is "text/plain"; expected application/json)");
  EXPECT_EQ(serve(with_header("Content-Type", "application/jsonp")).status, 400);
  EXPECT_EQ(serve(with_header("Content-Type", "Application/JSON ; charset=utf-8")).status, 200);
}

TEST(Service, RefusesABrokenBody) {
  Incoming request = valid_request();
  request.body = "{}";
  EXPECT_EQ(serve(request).status, 400);
  EXPECT_EQ(serve(request).body, R"({"code":"400","msg":"messages is missing","data":null})");
  request.body = "\xEF\xBB\xBF" + valid_request().body;
  EXPECT_EQ(message_of(serve(request)), "the body begins with a byte order mark");
}

TEST(Service, GivesTheReplyThatTheRequestAskedFor) {
  const Answer answer = serve(with_header("X-Sandbox-Reply", "status=503; shape=html; delay-ms=7; together=2"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.content_type, "text/html");
  EXPECT_EQ(answer.delay, std::chrono::milliseconds(7));
  EXPECT_EQ(answer.together, 2);
}

TEST(Service, SaysTheTextThatTheRequestAskedFor) {
  EXPECT_EQ(parse_object(serve(with_header("X-Sandbox-Reply", "text=%f0%9f%98%80")).body)["data"]["answer"], "😀");
}

TEST(Service, RefusesABrokenRequestWhateverReplyItAskedFor) {
  Incoming request = with_header("X-Sandbox-Reply", "status=200");
  request.body = "{}";
  EXPECT_EQ(serve(request).status, 400);
  EXPECT_EQ(message_of(serve(with_header("X-Sandbox-Reply", "shap=html"))),
            "X-Sandbox-Reply: shap=html: no such directive");
}

}  // namespace
}  // namespace chatopen::sandbox
