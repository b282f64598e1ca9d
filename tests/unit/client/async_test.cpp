#include "client_fixture.hpp"
#include "other_clocks.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class AsyncCalls : public ClientOverMock {};

TEST_F(AsyncCalls, EncodeBeforeTheyReturn) {
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  ChatRequest request = question();
  Pending<ChatReply> pending = client.chat_async(request);
  request.messages.clear();
  EXPECT_EQ(std::move(pending).get().value().text(), "hi");
  EXPECT_THAT(mock->requests()[0].body, ::testing::HasSubstr("hello"));
}

TEST_F(AsyncCalls, AreManyAtOnce) {
  constexpr int calls = 200;
  for (int i = 0; i < calls; ++i) mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  std::vector<Pending<ChatReply>> pending;
  for (int i = 0; i < calls; ++i) pending.push_back(client.chat_async(question()));
  for (Pending<ChatReply>& each : pending) EXPECT_EQ(std::move(each).get().value().text(), "hi");
}

TEST_F(AsyncCalls, RetryAsBlockingOnesDo) {
  mock->fail(TransportFailure::connect);
  mock->reply({.status = 429, .headers = {{"Retry-After", "2"}}});
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  const Result<ChatReply> reply = client.chat_async(question()).get();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 3);
  EXPECT_THAT(clock->sleeps(), ElementsAre(500ms, 2s));
}

TEST_F(AsyncCalls, GiveUpAfterTheLastRetry) {
  for (int i = 0; i < 4; ++i) mock->fail(TransportFailure::connect);
  const ChatClient client = make();
  const Result<ChatReply> reply = client.chat_async(question()).get();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::connect);
  EXPECT_EQ(reply.error().attempts, 3);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_EQ(mock->remaining(), 1u);
}

TEST_F(AsyncCalls, DoNotRetryWhatMayHaveBeenProcessed) {
  mock->fail(TransportFailure::connection_reset);
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  const Result<ChatReply> reply = client.chat_async(question()).get();
  ASSERT_FALSE(reply);
  EXPECT_TRUE(reply.error().maybe_processed);
  EXPECT_EQ(mock->requests().size(), 1u);
}

TEST_F(AsyncCalls, HoldTheTotalDeadlineOverAllAttempts) {
  mock->fail(TransportFailure::connect);
  mock->fail(TransportFailure::connect);
  const ChatClient client = make();
  const Result<ChatReply> reply = client.chat_async(question(), {.timeouts = {.total = 1200ms}}).get();
  ASSERT_FALSE(reply);
  // 500 ms are slept; another second would be too late.
  EXPECT_THAT(clock->sleeps(), ElementsAre(500ms));
  ASSERT_EQ(mock->requests().size(), 2u);
  EXPECT_EQ(mock->requests()[0].timeouts.total, 1200ms);
  EXPECT_EQ(mock->requests()[1].timeouts.total, 700ms);
  EXPECT_EQ(reply.error().attempts, 2);
}

TEST_F(AsyncCalls, ShareTheBudgetOfTheClient) {
  for (int i = 0; i < 300; ++i) mock->reply({.status = 503});
  const ChatClient client = make();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(client.chat_async(question()).get());
  EXPECT_LE(mock->requests().size(), 120u);
}

// A clock that never fires by itself: what happens meanwhile happens at once or never.
class BackOff : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_stepped() const {
    ClientOptions with = options();
    with.transport = stepped;
    with.clock = held;
    return make(with);
  }
  void answer(std::size_t index) {
    EXPECT_EQ(stepped->exchange(index).head(200, {}), SinkAction::proceed);
    EXPECT_EQ(stepped->exchange(index).body(hi_envelope), SinkAction::proceed);
    stepped->exchange(index).complete();
  }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
  std::shared_ptr<HeldClock> held = std::make_shared<HeldClock>();
  std::optional<ChatClient> client = make_stepped();
};

TEST_F(BackOff, WaitsOnTheClock) {
  Pending<ChatReply> pending = client->chat_async(question());
  stepped->exchange(0).fail(TransportFailure::connect, false);
  EXPECT_EQ(stepped->started(), 1u);
  EXPECT_THAT(held->delays(), ElementsAre(500ms));
  EXPECT_FALSE(pending.ready());
  held->fire();
  ASSERT_EQ(stepped->started(), 2u);
  answer(1);
  const Result<ChatReply> reply = std::move(pending).get();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(BackOff, EndsAtOnceWhenItIsCancelled) {
  Pending<ChatReply> pending = client->chat_async(question());
  stepped->exchange(0).fail(TransportFailure::connect, false);
  ASSERT_EQ(held->held(), 1u);
  pending.cancel();
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(held->held(), 0u) << "nothing is left behind";
  const Result<ChatReply> reply = std::move(pending).get();
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 1);
  EXPECT_FALSE(reply.error().maybe_processed);
  held->fire();
  EXPECT_EQ(stepped->started(), 1u);
}

TEST_F(BackOff, EndsAtOnceWhenItsTokenIsCancelled) {
  CancelSource source;
  ChatStream stream = client->stream(question(), {.cancel = source.token()});
  stepped->exchange(0).fail(TransportFailure::connect, false);
  source.cancel();
  ASSERT_TRUE(stream.done());
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(held->held(), 0u);
}

TEST_F(BackOff, EndsWithTheClient) {
  Pending<ChatReply> pending = client->chat_async(question());
  stepped->exchange(0).fail(TransportFailure::connect, false);
  client.reset();
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(held->held(), 0u);
}

// Clocks of the users' may have no timers. Then a thread sleeps.
class BackOffWithoutTimers : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_sleeping() const {
    ClientOptions with = options();
    with.clock = sleeping;
    return make(with);
  }
  std::shared_ptr<SleepingClock> sleeping = std::make_shared<SleepingClock>();
  std::optional<ChatClient> client = make_sleeping();
};

TEST_F(BackOffWithoutTimers, SleepsOnTheClock) {
  mock->fail(TransportFailure::connect);
  mock->reply({.body = hi_envelope});
  Pending<ChatReply> pending = client->chat_async(question());
  sleeping->wait_for_sleeps(1);
  EXPECT_FALSE(pending.ready());
  sleeping->skip();
  const Result<ChatReply> reply = std::move(pending).get();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->attempts(), 2);
  EXPECT_THAT(sleeping->sleeps(), ElementsAre(500ms));
}

// Without the wake-up these would last for ever.
TEST_F(BackOffWithoutTimers, EndsAtOnceWhenItIsCancelled) {
  mock->fail(TransportFailure::connect);
  Pending<ChatReply> pending = client->chat_async(question());
  sleeping->wait_for_sleeps(1);
  pending.cancel();
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
  client.reset();
  EXPECT_EQ(mock->requests().size(), 1u);
}

TEST_F(BackOffWithoutTimers, EndsAtOnceWithTheClient) {
  mock->fail(TransportFailure::connect);
  Pending<ChatReply> pending = client->chat_async(question());
  sleeping->wait_for_sleeps(1);
  client.reset();
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace chatopen
