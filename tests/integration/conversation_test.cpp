#include <chatopen/chatopen.hpp>
#include <chatopen/conversation.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/json.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/tools.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace integration {
namespace {

using namespace chatopen;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// How a question is asked over a socket.
enum class Door { blocking, streaming, async, async_streaming, polled, polled_streaming, pulled };

std::string name_of(const ::testing::TestParamInfo<Door>& door) {
  static const std::map<Door, std::string> names = {
      {Door::blocking, "Blocking"}, {Door::streaming, "Streaming"},
      {Door::async, "Async"},       {Door::async_streaming, "AsyncStreaming"},
      {Door::polled, "Polled"},     {Door::polled_streaming, "PolledStreaming"},
      {Door::pulled, "Pulled"}};
  return names.at(door.param);
}

class OverSandbox : public ::testing::TestWithParam<Door> {
 protected:
  [[nodiscard]] static bool is_polled() { return GetParam() == Door::polled || GetParam() == Door::polled_streaming; }

  static CallOptions saying(const std::string& directives) {
    CallOptions options{.retry = RetryPolicy::none()};
    if (!directives.empty()) options.headers.push_back({"X-Sandbox-Reply", directives});
    return options;
  }

  // A frame loop.
  void poll_until_ready(const PendingAnswer& answer) const {
    while (!answer.ready()) client_.poll(std::chrono::milliseconds(1));
  }

  Result<ChatReply> ask(Conversation& conversation, const std::string& question, const std::string& directives = {}) {
    const CallOptions options = saying(directives);
    const auto hear = [this](const ChatDelta& delta) { heard_ += delta.text; };
    heard_.clear();
    switch (GetParam()) {
      case Door::blocking: return conversation.ask(question, options);
      case Door::streaming: return conversation.ask(question, hear, options);
      case Door::async: return conversation.accept(conversation.ask_async(question, options));
      case Door::async_streaming: return conversation.accept(conversation.ask_async(question, hear, options));
      case Door::polled: {
        PendingAnswer answer = conversation.ask_async(question, options);
        poll_until_ready(answer);
        return conversation.accept(std::move(answer));
      }
      case Door::polled_streaming: {
        PendingAnswer answer = conversation.ask_async(question, hear, options);
        poll_until_ready(answer);
        return conversation.accept(std::move(answer));
      }
      case Door::pulled: break;
    }
    ChatStream stream = client_.stream(conversation.prepare(question), options);
    Result<ChatReply> reply = stream.finish();
    EXPECT_TRUE(!reply || conversation.accept(question, *reply));
    return reply;
  }

  ToolRun run(Conversation& conversation, const std::vector<ToolHandler>& tools, const std::string& directives) {
    const ToolOptions options{.call = saying(directives), .max_steps = 4};
    switch (GetParam()) {
      case Door::blocking: return run_tools(conversation, "Weather?", tools, options);
      case Door::streaming:
        return run_tools(
            conversation, "Weather?", tools, [](const ChatDelta&) {}, options);
      default: break;
    }
    ToolLoop loop(conversation.prepare("Weather?"), tools, options);
    const bool streams = GetParam() == Door::async_streaming || GetParam() == Door::polled_streaming;
    while (!loop.done()) {
      if (GetParam() == Door::pulled) {
        loop.accept(client_.stream(loop.request(), options.call).finish());
        continue;
      }
      Pending<ChatReply> pending = streams ? client_.stream_async(
                                                 loop.request(), [](const ChatDelta&) {}, options.call)
                                           : client_.chat_async(loop.request(), options.call);
      while (is_polled() && !pending.ready()) client_.poll(std::chrono::milliseconds(1));
      loop.accept(std::move(pending).get());
    }
    ToolRun run = std::move(loop).finish();
    std::vector<Message> exchange = {Message::user("Weather?")};
    exchange.insert(exchange.end(), run.transcript.begin(), run.transcript.end());
    EXPECT_TRUE(!run.reply || conversation.accept(exchange));
    return run;
  }

  [[nodiscard]] ClientOptions options() const {
    ClientOptions options = sandbox_.client_options();
    if (is_polled()) options.transport = CurlTransport::create({.poll_driven = true}).value();
    return options;
  }

  Sandbox sandbox_ = Sandbox::start().value();
  ChatClient client_ = ChatClient::create(options()).value();
  std::string heard_;
};

TEST_P(OverSandbox, ConversationGrowsByWholeExchanges) {
  Conversation innkeeper(client_, endpoints::role_play("innkeeper"), "You keep an inn.");
  const auto first = ask(innkeeper, "A room?", "text=Two%20are%20free.");
  ASSERT_TRUE(first) << first.error();
  EXPECT_EQ(first->text(), "Two are free.");

  const auto broken = ask(innkeeper, "And supper?", "status=500");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::server_error);
  EXPECT_EQ(innkeeper.history().size(), 2U) << "as it was";

  const auto second = ask(innkeeper, "And supper?");
  ASSERT_TRUE(second) << second.error();
  EXPECT_THAT(second->text(), HasSubstr("received 4 messages: system: \"You keep an inn.\"; user: \"A room?\"; "
                                        "assistant: \"Two are free.\"; user: \"And supper?\""));
  EXPECT_EQ(innkeeper.history().size(), 4U);
  EXPECT_TRUE(heard_.empty() || heard_ == second->text()) << heard_;
}

TEST_P(OverSandbox, ToolsRunUntilTheModelAnswers) {
  Conversation conversation(client_, endpoints::gpt_4o(), "Be brief.");
  std::vector<std::string> seen;
  const auto handler = [&](const std::string& name) {
    return ToolHandler{
        .tool = {.name = name, .parameters = JsonSchema::object({{"city", JsonSchema::string()}}).text()},
        .run = [&seen, name](const std::string& arguments) -> Result<std::string> {
          seen.push_back(name + arguments);
          return "\"" + name + " says sunny\"";
        }};
  };
  const ToolRun ran = run(conversation, {handler("weather"), handler("clock")},
                          "shape=completion; tool-call=weather,clock; tool-rounds=2; tool-arguments="
                          "%7B%22city%22%3A%22Oslo%2C%20Norway%22%7D");
  ASSERT_TRUE(ran.reply) << ran.reply.error();
  EXPECT_EQ(ran.steps, 3);
  const std::string city = R"({"city":"Oslo, Norway"})";
  EXPECT_THAT(seen, ElementsAre("weather" + city, "clock" + city, "weather" + city, "clock" + city));
  EXPECT_THAT(ran.reply->text(), HasSubstr(R"(tool for call_4: "\"clock says sunny\"")"));
  EXPECT_GT(ran.usage.value().total_tokens, 0);
  EXPECT_EQ(conversation.history().size(), 8U);
  const auto next = ask(conversation, "Sure?");
  ASSERT_TRUE(next) << next.error();
  EXPECT_THAT(next->text(), HasSubstr("received 10 messages"));
}

TEST_P(OverSandbox, ToolsStopAtTheLimitOfSteps) {
  Conversation conversation(client_, endpoints::gpt_4o());
  const ToolRun ran = run(conversation, {}, "shape=completion; tool-call=nosuch; tool-rounds=9");
  ASSERT_FALSE(ran.reply);
  EXPECT_EQ(ran.reply.error().kind, ErrorKind::too_large);
  EXPECT_EQ(ran.steps, 4);
  EXPECT_EQ(ran.transcript.size(), 7U);
  EXPECT_TRUE(conversation.history().empty());
}

TEST_P(OverSandbox, JsonIsCorrectedWhenItIsMalformed) {
  const ChatRequest request{.endpoint = endpoints::gpt_4o(), .messages = {Message::user("A list, please.")}};
  const CallOptions call = saying("texts=Sure%3A%20%5B1%2C2|%5B1%2C2%5D");
  if (GetParam() == Door::blocking) {
    EXPECT_THAT(chat_as<std::vector<int>>(client_, request, {.call = call}).value(), ElementsAre(1, 2));
    const auto given_up = chat_as<std::vector<int>>(client_, request, {.call = saying("text=no")});
    ASSERT_FALSE(given_up);
    EXPECT_EQ(given_up.error().kind, ErrorKind::protocol);
    EXPECT_EQ(given_up.error().body_snippet, "no");
    return;
  }
  JsonLoop loop(client_, request);
  while (!loop.done()) {
    Pending<ChatReply> pending = client_.stream_async(
        loop.request(), [](const ChatDelta&) {}, call);
    while (is_polled() && !pending.ready()) client_.poll(std::chrono::milliseconds(1));
    loop.accept(std::move(pending).get());
  }
  const auto answer = std::move(loop).finish();
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->json, "[1,2]");
  EXPECT_EQ(answer->answers, 2);
}

INSTANTIATE_TEST_SUITE_P(Doors, OverSandbox,
                         ::testing::Values(Door::blocking, Door::streaming, Door::async, Door::async_streaming,
                                           Door::polled, Door::polled_streaming, Door::pulled),
                         name_of);

TEST(PromptForm, TakesItsOwnMembersAtEveryPath) {
  const Sandbox sandbox = Sandbox::start().value();
  const ChatClient client = ChatClient::create(sandbox.client_options()).value();
  for (const char* path : {"/AIGCChatOpenServ/saas/m/text", "/AIGCChatOpenServ/saas/m/stream"}) {
    ChatRequest request{.endpoint = Endpoint::custom(path, WireForm::prompt),
                        .messages = {Message::system("Be brief."), Message::user("Why?")},
                        .extra = R"({"maxPromptToken":2048})"};
    const auto whole = client.chat(request);
    ASSERT_TRUE(whole) << whole.error();
    EXPECT_EQ(whole->text(),
              "m received the prompt \"Why?\" and the system prompt \"Be brief.\" (maxPromptToken: 2048)");
    const auto streamed = client.chat(request, [](const ChatDelta&) {});
    ASSERT_TRUE(streamed) << streamed.error();
    EXPECT_EQ(streamed->text(), whole->text());
  }
}

TEST(ConversationThreads, BranchesGoTheirOwnWays) {
  const Sandbox sandbox = Sandbox::start().value();
  const ChatClient client = ChatClient::create(sandbox.client_options()).value();
  Conversation trunk(client, endpoints::gpt_4o(), "Be brief.");
  ASSERT_TRUE(trunk.ask("start"));
  std::vector<Conversation> branches(4, trunk);
  std::vector<std::thread> threads;
  threads.reserve(branches.size());
  for (Conversation& branch : branches) {
    threads.emplace_back([&branch] {
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(branch.ask(std::to_string(i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Conversation& branch : branches) EXPECT_EQ(branch.history().size(), 22U);
  EXPECT_EQ(trunk.history().size(), 2U);
}

}  // namespace
}  // namespace integration
