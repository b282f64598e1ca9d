#include "client_fixture.hpp"

#include <chatopen/json.hpp>

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ChatClientTest : public ClientOverMock {};

TEST_F(ChatClientTest, SendsTheDocumentedRequest) {
  mock->reply({.body = hi_envelope});
  const ChatRequest request{.endpoint = endpoints::gpt_4o_multimodal(),
                            .messages = {Message::user(
                                {text("what's the content of the picture?"), image_url("https://example.com/a.jpg")})}};
  const Result<ChatReply> reply = make().chat(request);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text(), "hi");
  EXPECT_EQ(reply->attempts(), 1);
  EXPECT_EQ(to_json(*reply)["data"]["answer"], "hi");

  ASSERT_EQ(mock->requests().size(), 1u);
  const testing::RecordedRequest sent = mock->requests().front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://x.example/AIGCChatOpenServ/saas/gpt-4o/text/v3");
  std::vector<std::string> names;
  for (const HttpHeader& header : sent.headers) names.push_back(header.name);
  EXPECT_THAT(names,
              ElementsAre("X-Request-Req-Accesskeyid", "X-Request-Req-Accesskeysecret", "Content-Type", "Accept"));
  EXPECT_EQ(sent.header("x-request-req-accesskeyid"), "canary-id-4711");
  EXPECT_EQ(sent.header("X-REQUEST-REQ-ACCESSKEYSECRET"), "canary-secret-0815");
  EXPECT_EQ(sent.header("content-type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(sent.body), nlohmann::json::parse(R"({"messages":[{"role":"user","content":[
      {"type":"text","text":"what's the content of the picture?"},
      {"type":"imageUrl","imageUrl":{"url":"https://example.com/a.jpg"}}]}]})"));
}

TEST_F(ChatClientTest, KeepsThePathPrefixOfTheBaseUrl) {
  ClientOptions with = options();
  with.base_url = "https://x.example:8443/gateway/";
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make(with).chat(question()));
  EXPECT_EQ(mock->requests()[0].url, "https://x.example:8443/gateway/AIGCChatOpenServ/saas/gpt-4o/text/v3");
}

TEST_F(ChatClientTest, SendsInTheOverriddenFormToTheOverriddenPath) {
  ClientOptions with = options();
  with.endpoints = {{.name = "gpt-4o", .path = "/other/{model}", .wire_form = WireForm::prompt}};
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make(with).chat(question()));
  EXPECT_EQ(mock->requests()[0].url, "https://x.example/other/gpt-4o");
  EXPECT_EQ(nlohmann::json::parse(mock->requests()[0].body), nlohmann::json::parse(R"({"issue":"hello"})"));
}

TEST_F(ChatClientTest, AddsTheHeadersOfTheCall) {
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make().chat(question(), {.headers = {{"traceparent", "00-1-2-3"}}}));
  EXPECT_EQ(mock->requests()[0].header("traceparent"), "00-1-2-3");
}

TEST_F(ChatClientTest, RefusesHeadersThatBreakOrReplaceItsOwn) {
  const HttpHeader refused[] = {{"a", "x\r\nX-Injected: 1"},
                                {"a", std::string("x\0y", 3)},
                                {"", "x"},
                                {"a b", "x"},
                                {"a:", "x"},
                                {"CONTENT-TYPE", "text/plain"},
                                {"X-Request-req-accessKeyId", "mine"},
                                {"Host", "elsewhere"},
                                {"Accept", "text/plain"},
                                {"Proxy-Authorization", "Basic eDp5"},
                                {"Keep-Alive", "timeout=5"},
                                {"a", " "},
                                {"a", "x\t"}};
  for (const HttpHeader& header : refused) {
    const Result<ChatReply> reply = make().chat(question(), {.headers = {header}});
    ASSERT_FALSE(reply) << header.name;
    EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument) << header.name;
    EXPECT_THAT(reply.error().message, HasSubstr("headers[0]"));
    EXPECT_EQ(reply.error().attempts, 0);
  }
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(ChatClientTest, SendsNothingThatCannotBeEncoded) {
  ChatRequest request = question();
  request.messages = {Message::user("\xff")};
  const Result<ChatReply> reply = make().chat(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(ChatClientTest, UsesNewCredentialsOnEveryCopy) {
  ChatClient client = make();
  const ChatClient copy = client;
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(client.set_credentials({"new-id", "new-secret"}));
  ASSERT_TRUE(copy.chat(question()));
  EXPECT_EQ(mock->requests()[0].header("X-Request-Req-Accesskeyid"), "new-id");
  EXPECT_EQ(mock->requests()[0].header("X-Request-Req-Accesskeysecret"), "new-secret");
}

TEST_F(ChatClientTest, KeepsTheOldCredentialsWhenTheNewOnesAreUnusable) {
  ChatClient client = make();
  const Result<void> set = client.set_credentials({"id", "line\nbreak"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, ErrorKind::configuration);
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(client.chat(question()));
  EXPECT_EQ(mock->requests()[0].header("X-Request-Req-Accesskeyid"), "canary-id-4711");
}

TEST_F(ChatClientTest, InheritsEachDeadlineFromTheClientAndThenFromTheDefaults) {
  // What the transport is told, since the clock of the tests stands still: connect, first byte, idle and total.
  const auto sent = [this](const Timeouts& of_client, const Timeouts& of_call) {
    ClientOptions with = options();
    with.timeouts = of_client;
    mock->reply({.body = hi_envelope});
    EXPECT_TRUE(make(with).chat(question(), {.timeouts = of_call}));
    const Timeouts told = mock->requests().back().timeouts;
    return std::vector<std::optional<std::chrono::milliseconds>>{told.connect, told.first_byte, told.idle, told.total};
  };
  const Timeouts one{.connect = 1s, .first_byte = 2s, .idle = 3s, .total = 4s};
  const Timeouts other{.connect = 5s, .first_byte = 6s, .idle = 7s, .total = 8s};
  EXPECT_THAT(sent({}, {}), ElementsAre(10s, 10min, 2min, 30min));
  EXPECT_THAT(sent(one, {}), ElementsAre(1s, 2s, 3s, 4s));
  EXPECT_THAT(sent({}, one), ElementsAre(1s, 2s, 3s, 4s));
  EXPECT_THAT(sent(one, other), ElementsAre(5s, 6s, 7s, 8s));
  EXPECT_THAT(sent({.connect = 1s, .idle = 3s}, {.first_byte = 6s, .idle = 7s}), ElementsAre(1s, 6s, 7s, 30min));
  EXPECT_THAT(sent({.first_byte = 2s, .total = 4s}, {.connect = 5s, .total = 0s}), ElementsAre(5s, 2s, 2min, 0s));
}

TEST_F(ChatClientTest, SaysWhichDeadlinePassed) {
  mock->stall();
  const Result<ChatReply> first_byte = make().chat(question());
  ASSERT_FALSE(first_byte);
  EXPECT_EQ(first_byte.error().kind, ErrorKind::timeout);
  EXPECT_THAT(first_byte.error().message, HasSubstr("first-byte"));

  mock->reply_chunked({}, {"{"}, testing::MockStreamEnd::stall);
  const Result<ChatReply> idle = make().chat(question());
  ASSERT_FALSE(idle);
  EXPECT_EQ(idle.error().kind, ErrorKind::timeout);
  EXPECT_THAT(idle.error().message, HasSubstr("idle"));
}

TEST_F(ChatClientTest, RefusesANegativeDeadline) {
  const Result<ChatReply> reply = make().chat(question(), {.timeouts = {.total = -1s}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(reply.error().message, HasSubstr("timeouts.total"));
}

TEST_F(ChatClientTest, SurvivesADeadlineOfAllTime) {
  mock->reply({.body = hi_envelope});
  EXPECT_TRUE(make().chat(question(), {.timeouts = {.total = std::chrono::milliseconds::max()}}));
}

TEST_F(ChatClientTest, EndsAStalledCallThatIsCancelledFromAnotherThread) {
  CancelSource source;
  mock->stall();
  std::thread canceller([&] {
    while (mock->requests().empty()) std::this_thread::yield();
    source.cancel();
  });
  const Result<ChatReply> reply =
      make().chat(question(), {.timeouts = {.first_byte = 0ms, .idle = 0ms, .total = 0ms}, .cancel = source.token()});
  canceller.join();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 1);
}

TEST_F(ChatClientTest, DoesNotStartACallThatIsCancelledAlready) {
  CancelSource source;
  source.cancel();
  const Result<ChatReply> reply = make().chat(question(), {.cancel = source.token()});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 0);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(ChatClientTest, AnswersManyThreadsAtOnce) {
  constexpr int threads = 4;
  constexpr int calls = 50;
  for (int i = 0; i < threads * calls; ++i) mock->reply({.body = hi_envelope});
  ChatClient client = make();
  std::vector<std::thread> running;
  std::atomic<int> answered = 0;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&answered, client]() mutable {
      for (int call = 0; call < calls; ++call) {
        if (!client.set_credentials({"id", "secret"})) return;
        if (client.chat(question())) ++answered;
      }
    });
  }
  for (std::thread& each : running) each.join();
  EXPECT_EQ(answered, threads * calls);
}

TEST_F(ChatClientTest, OutlivesItsCreatorThroughACopy) {
  mock->reply({.body = hi_envelope});
  std::optional<ChatClient> first = make();
  const ChatClient copy = *first;
  first.reset();
  EXPECT_TRUE(copy.chat(question()));
}

}  // namespace
}  // namespace chatopen
