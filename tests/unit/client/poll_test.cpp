#include "client_fixture.hpp"
#include "stream_pieces.hpp"

#include <chatopen/clock.hpp>

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;

// Nothing of an asynchronous call happens but within `poll` and calls that wait.
class PollDriven : public ClientOverMock {
 protected:
  PollDriven() { mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true}); }
};

TEST_F(PollDriven, RunsCallbacksWithinPollOnly) {
  mock->reply_stream({answer_event("a"), done_event});
  const ChatClient client = make();
  EXPECT_FALSE(client.poll()) << "nothing is in flight";
  std::vector<std::thread::id> threads;
  Pending<ChatReply> pending =
      client.stream_async(question(), [&](const ChatDelta&) { threads.push_back(std::this_thread::get_id()); });
  EXPECT_FALSE(pending.ready());
  EXPECT_TRUE(threads.empty());
  EXPECT_FALSE(client.poll()) << "that was all";
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(threads, std::vector{std::this_thread::get_id()});
  EXPECT_EQ(std::move(pending).get().value().text(), "a");
}

TEST_F(PollDriven, DrivesItselfWhileItIsWaitedFor) {
  for (int i = 0; i < 4; ++i) mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  EXPECT_EQ(client.chat_async(question()).get().value().text(), "hi");
  Pending<ChatReply> waited = client.chat_async(question());
  waited.wait();
  EXPECT_TRUE(waited.ready());
  Pending<ChatReply> for_a_while = client.chat_async(question());
  EXPECT_TRUE(for_a_while.wait_for(1h));
  bool ran = false;
  Pending<void> then = client.chat_async(question()).then([&](Result<ChatReply>) { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_TRUE(std::move(then).get());
  EXPECT_TRUE(ran);
}

TEST_F(PollDriven, ReadsAStreamFrameByFrame) {
  mock->reply_stream({answer_event("a"), answer_event("b"), done_event});
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  EXPECT_EQ(stream.try_next(), std::nullopt) << "it never drives the transport";
  std::string text;
  int frames = 0;
  while (!stream.done() && ++frames < 10) {
    client.poll();
    while (const auto delta = stream.try_next()) text += delta->text;
  }
  EXPECT_EQ(text, "ab");
  EXPECT_EQ(stream.finish().value().text(), "ab");
}

TEST_F(PollDriven, RetriesWithinPoll) {
  mock->fail(TransportFailure::connect);
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  Pending<ChatReply> pending = client.chat_async(question());
  EXPECT_TRUE(client.poll());
  EXPECT_TRUE(client.poll());
  EXPECT_EQ(mock->requests().size(), 1u) << "the clock stands still";
  clock->advance(499ms);
  EXPECT_TRUE(client.poll());
  EXPECT_EQ(mock->requests().size(), 1u);
  clock->advance(1ms);
  EXPECT_FALSE(client.poll());
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().value().attempts(), 2);
}

TEST_F(PollDriven, EndsACancelledBackOffWithinTheNextPoll) {
  mock->fail(TransportFailure::connect);
  const ChatClient client = make();
  Pending<ChatReply> pending = client.chat_async(question());
  EXPECT_TRUE(client.poll());
  pending.cancel();
  EXPECT_FALSE(pending.ready());
  EXPECT_FALSE(client.poll());
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(PollDriven, WaitsAsLongAsItIsTold) {
  mock->stall();
  const ChatClient client = make();
  Pending<ChatReply> pending =
      client.chat_async(question(), {.timeouts = {.first_byte = 0ms, .idle = 0ms, .total = 0ms}});
  EXPECT_TRUE(client.poll());
  EXPECT_TRUE(client.poll(std::chrono::milliseconds::min()));
  std::thread other([&] {
    Clock::system()->sleep_for(10ms, {});
    pending.cancel();
  });
  EXPECT_FALSE(client.poll(std::chrono::milliseconds::max())) << "it came back before anything happened";
  other.join();
}

TEST_F(PollDriven, EndsACancelledCallWithinTheNextPoll) {
  mock->stall();
  const ChatClient client = make();
  Pending<ChatReply> pending =
      client.chat_async(question(), {.timeouts = {.first_byte = 0ms, .idle = 0ms, .total = 0ms}});
  EXPECT_TRUE(client.poll());
  EXPECT_FALSE(pending.wait_for(1ms));
  pending.cancel();
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(PollDriven, DoesNothingWithinItsOwnCallbacks) {
  mock->reply_stream({answer_event("a"), done_event});
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  std::optional<Pending<ChatReply>> inner;
  bool polled = false;
  Pending<ChatReply> outer = client.stream_async(question(), [&](const ChatDelta&) {
    inner.emplace(client.chat_async(question()));
    polled = client.poll(1h);
    EXPECT_FALSE(inner->ready());
  });
  EXPECT_TRUE(std::move(outer).get());
  EXPECT_TRUE(polled) << "it tells that calls are in flight";
  EXPECT_EQ(std::move(*inner).get().value().text(), "hi");
}

TEST_F(PollDriven, IsWaitedForByManyThreadsAtOnce) {
  constexpr int calls = 8;
  for (int i = 0; i < calls; ++i) mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < calls; ++i) {
    threads.emplace_back([&] { answered += client.chat_async(question()).get().has_value() ? 1 : 0; });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(answered, calls);
}

TEST_F(PollDriven, LeavesBlockingCallsAlone) {
  mock->reply({.body = hi_envelope});
  EXPECT_EQ(make().chat(question()).value().text(), "hi");
}

TEST(PollOfAThreadedTransport, OnlyTellsWhetherCallsAreInFlight) {
  const auto mock = std::make_shared<testing::MockTransport>();
  const ChatClient client =
      ChatClient::create({.base_url = "https://x.example", .credentials = {"id", "secret"}, .transport = mock}).value();
  EXPECT_FALSE(client.poll(1h));
  mock->stall();
  Pending<ChatReply> pending =
      client.chat_async({.endpoint = endpoints::gpt_4o(), .messages = {Message::user("hello")}},
                        {.timeouts = {.first_byte = 0ms, .idle = 0ms, .total = 0ms}});
  EXPECT_TRUE(client.poll(1h));
  pending.cancel();
  pending.wait();
}

}  // namespace
}  // namespace chatopen
