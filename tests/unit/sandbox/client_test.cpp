#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

class SandboxWithClient : public testing::Test {
 protected:
  Result<ChatReply> ask(const std::string& directives = {}) {
    CallOptions options{.retry = RetryPolicy::none()};
    if (!directives.empty()) options.headers.push_back({"X-Sandbox-Reply", directives});
    return client_.chat({.endpoint = endpoints::gpt_4o(), .messages = {Message::user("hi")}}, options);
  }

  Sandbox sandbox_ = Sandbox::start().value();
  ChatClient client_ = ChatClient::create(sandbox_.client_options()).value();
};

TEST_F(SandboxWithClient, AnswersTheDocumentedQuestion) {
  const auto reply = client_.chat({.endpoint = endpoints::gpt_4o_multimodal(),
                                   .messages = {Message::user({text("what's the content of the picture?"),
                                                               image_url("https://example.com/a.jpg")})}});
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(),
            "gpt-4o received 1 message: user: text \"what's the content of the picture?\" and picture "
            "https://example.com/a.jpg");
}

TEST_F(SandboxWithClient, AcceptsEverythingThatARequestCanHold) {
  ChatRequest request{.endpoint = endpoints::general_llm("a/b"),
                      .messages = {Message::system("Be brief."), Message::user("hi")},
                      .temperature = 0.5,
                      .top_p = 1,
                      .max_tokens = 5,
                      .stop = {"."},
                      .seed = 7,
                      .response_format = R"({"type":"text"})",
                      .tools = {{.name = "f", .description = "does f", .parameters = R"({"type":"object"})"}},
                      .tool_choice = "auto",
                      .extra = R"({"mine":[1,{"a":null}]})"};
  request.messages.push_back(
      {.role = Role::assistant, .tool_calls = {{.id = "c1", .name = "f", .arguments = R"({"x":1})"}}});
  request.messages.push_back(Message::tool("c1", "done"));
  const auto reply = client_.chat(request);
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_THAT(reply->text(), testing::StartsWith("a/b received 4 messages: system: \"Be brief.\"; user: \"hi\"; "
                                                 "assistant: "));
  EXPECT_THAT(reply->text(), testing::HasSubstr("call c1 of f with {\"x\":1}; tool for c1: \"done\""));
  EXPECT_THAT(reply->text(), testing::HasSubstr("mine: [1,{\"a\":null}]"));
}

TEST_F(SandboxWithClient, TakesThePromptForm) {
  const auto reply = client_.chat({.endpoint = Endpoint::custom("/AIGCChatOpenServ/saas/m/text", WireForm::prompt),
                                   .messages = {Message::system("Be brief."), Message::user("hi")}});
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), R"(m received the prompt "hi" and the system prompt "Be brief.")");
}

TEST_F(SandboxWithClient, ShowsEveryPartOfACompletion) {
  const auto reply = ask("shape=completion; reasoning=Hm; tool-call=f; finish-reason=length");
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->reasoning(), "Hm");
  EXPECT_EQ(reply->finish_reason(), "length");
  ASSERT_EQ(reply->tool_calls().size(), 1U);
  EXPECT_EQ(reply->tool_calls()[0].name, "f");
  ASSERT_TRUE(reply->usage());
  EXPECT_GT(reply->usage()->total_tokens, 0);
  EXPECT_EQ(ask("request-id=r1").value().request_id(), "r1");
}

TEST_F(SandboxWithClient, ProducesTheErrorsOfTheService) {
  EXPECT_EQ(ask("status=429; retry-after=2").error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(ask("status=429; retry-after=2").error().retry_after, std::chrono::seconds(2));
  EXPECT_EQ(ask("status=502; shape=html").error().kind, ErrorKind::server_error);
  EXPECT_EQ(ask("envelope=1001").error().kind, ErrorKind::api);
  EXPECT_EQ(ask("envelope=1001").error().code, "1001");
  // Whether the body's length proves its end depends on whether cpp-httplib was built to compress it.
  EXPECT_THAT(ask("shape=truncated").error().kind, ::testing::AnyOf(ErrorKind::protocol, ErrorKind::truncated));
  EXPECT_EQ(ask("shape=invalid-utf8").error().kind, ErrorKind::protocol);
  EXPECT_EQ(ask("status=307; location=https://other.example/").error().kind, ErrorKind::redirect_refused);
  EXPECT_EQ(ask("nonsense").error().kind, ErrorKind::invalid_request);
}

TEST_F(SandboxWithClient, OpensOneConnectionForCallsInSequence) {
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(ask());
  EXPECT_EQ(sandbox_.connections(), 1U);
}

TEST_F(SandboxWithClient, ServesACrowdOnOneClient) {
  constexpr std::size_t crowd = 100;
  std::vector<char> answered(crowd);
  std::vector<std::thread> callers;
  for (char& each : answered) {
    callers.emplace_back([&] { each = ask("together=" + std::to_string(crowd)).has_value(); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(answered, std::vector<char>(crowd, 1));
}

}  // namespace
}  // namespace chatopen
