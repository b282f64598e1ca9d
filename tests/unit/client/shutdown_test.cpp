#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;

// A client whose exchanges the test moves by hand.
class Shutdown : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_stepped() const {
    ClientOptions with = options();
    with.transport = stepped;
    return make(with);
  }
  void answer(std::size_t index = 0) {
    EXPECT_EQ(stepped->exchange(index).head(200, {}), SinkAction::proceed);
    EXPECT_EQ(stepped->exchange(index).body(hi_envelope), SinkAction::proceed);
    stepped->exchange(index).complete();
  }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
  std::optional<ChatClient> client = make_stepped();
};

TEST_F(Shutdown, HasNothingToCancelWhenNothingIsInFlight) {
  EXPECT_TRUE(client->shutdown());
  EXPECT_TRUE(client->shutdown(1h));
}

TEST_F(Shutdown, CancelsWhatIsInFlight) {
  int told = 0;
  Pending<ChatReply> pending = client->stream_async(question(), [&](const ChatDelta&) { ++told; });
  ChatStream stream = client->stream(question());
  EXPECT_FALSE(client->shutdown());
  ASSERT_TRUE(pending.ready());
  ASSERT_TRUE(stream.done());
  const Result<ChatReply> reply = std::move(pending).get();
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 1);
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(stepped->exchange(0).cancels(), 1);
  EXPECT_EQ(stepped->exchange(1).cancels(), 1);
  // A transport that is late with its news is not listened to.
  EXPECT_EQ(stepped->exchange(0).head(), SinkAction::stop);
  EXPECT_EQ(stepped->exchange(0).body(answer_event("late")), SinkAction::stop);
  EXPECT_EQ(told, 0);
}

TEST_F(Shutdown, TakesNoMoreCallsOnAnyCopy) {
  const ChatClient copy = *client;
  EXPECT_TRUE(client->shutdown());
  Pending<ChatReply> pending = copy.chat_async(question());
  ASSERT_TRUE(pending.ready());
  const Result<ChatReply> reply = std::move(pending).get();
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 0);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_EQ(copy.stream(question()).finish().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(stepped->started(), 0u);
}

TEST_F(Shutdown, LeavesBlockingCallsAlone) {
  mock->reply({.body = hi_envelope});
  ChatClient other = make();
  EXPECT_TRUE(other.shutdown());
  EXPECT_TRUE(other.chat(question()));
}

TEST_F(Shutdown, WaitsForCallsThatEndInTime) {
  Pending<ChatReply> pending = client->chat_async(question());
  std::thread server([&] { answer(); });
  EXPECT_TRUE(client->shutdown(1h));
  server.join();
  EXPECT_TRUE(std::move(pending).get());

  client = make_stepped();
  pending = client->chat_async(question());
  server = std::thread([&] { answer(1); });
  EXPECT_TRUE(client->shutdown(std::chrono::milliseconds::max()));
  server.join();
  EXPECT_TRUE(std::move(pending).get());
}

TEST_F(Shutdown, WaitsWhileItDrivesThePolledTransport) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply({.body = hi_envelope});
  ChatClient polled = make();
  Pending<ChatReply> pending = polled.chat_async(question());
  EXPECT_TRUE(polled.shutdown(1h));
  ASSERT_TRUE(pending.ready());
  EXPECT_TRUE(std::move(pending).get());
}

TEST_F(Shutdown, CancelsOnAPolledTransportWithoutAPoll) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply({.body = hi_envelope});
  ChatClient polled = make();
  Pending<ChatReply> pending = polled.chat_async(question());
  EXPECT_FALSE(polled.shutdown());
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, HappensWithTheLastCopy) {
  std::optional<ChatClient> copy = client;
  Pending<ChatReply> pending = client->chat_async(question());
  client.reset();
  EXPECT_FALSE(pending.ready());
  copy.reset();
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, RunsContinuationsBeforeItReturns) {
  std::optional<ErrorKind> kind;
  static_cast<void>(client->chat_async(question()).then([&](Result<ChatReply> reply) { kind = reply.error().kind; }));
  client.reset();
  EXPECT_EQ(kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, WaitsForACallbackThatRunsOnAnotherThread) {
  std::atomic<bool> entered = false;
  std::atomic<bool> may_leave = false;
  std::atomic<bool> left = false;
  static_cast<void>(client->stream_async(question(), [&](const ChatDelta&) {
    entered = true;
    while (!may_leave) std::this_thread::yield();
    left = true;
  }));
  std::thread server([&] {
    static_cast<void>(stepped->exchange().head());
    static_cast<void>(stepped->exchange().body(answer_event("a")));
  });
  while (!entered) std::this_thread::yield();
  std::thread releaser([&] { may_leave = true; });
  client.reset();
  EXPECT_TRUE(left);
  releaser.join();
  server.join();
}

TEST_F(Shutdown, MayHappenInACallbackOfTheCallItself) {
  int told = 0;
  Pending<ChatReply> pending =
      client->stream_async(question(), [&, alive = std::make_shared<int>(7)](const ChatDelta&) {
        client.reset();
        // What the callable holds is still there.
        EXPECT_EQ(*alive, 7);
        ++told;
      });
  EXPECT_EQ(stepped->exchange().head(), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange().body(answer_event("a") + answer_event("b")), SinkAction::stop);
  EXPECT_EQ(told, 1) << "no callback follows the one that destroyed the client";
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, MayHappenInAContinuation) {
  Pending<ChatReply> other = client->chat_async(question());
  static_cast<void>(client->chat_async(question()).then([&](Result<ChatReply> reply) {
    EXPECT_TRUE(reply);
    client.reset();
  }));
  answer(1);
  EXPECT_FALSE(client);
  ASSERT_TRUE(other.ready());
  EXPECT_EQ(std::move(other).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, DoesNotWaitWithinACallback) {
  bool ended_by_itself = true;
  Pending<ChatReply> pending =
      client->stream_async(question(), [&](const ChatDelta&) { ended_by_itself = client->shutdown(1h); });
  EXPECT_EQ(stepped->exchange().head(), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange().body(answer_event("a")), SinkAction::stop);
  EXPECT_FALSE(ended_by_itself);
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Shutdown, LeavesOtherClientsOfTheTransportAlone) {
  const ChatClient other = make_stepped();
  Pending<ChatReply> pending = other.chat_async(question());
  Pending<ChatReply> mine = client->chat_async(question());
  client.reset();
  EXPECT_TRUE(mine.ready());
  EXPECT_FALSE(pending.ready());
  answer(0);
  EXPECT_TRUE(std::move(pending).get());
}

TEST_F(Shutdown, RacesWithRepliesWithoutLosingOne) {
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 8; ++i) mock->reply_stream({answer_event("a"), done_event});
    std::optional<ChatClient> racing = make();
    std::atomic<int> ended = 0;
    for (int i = 0; i < 8; ++i) {
      static_cast<void>(
          racing->stream_async(question(), [](const ChatDelta&) {}).then([&](Result<ChatReply>) { ++ended; }));
    }
    racing.reset();
    EXPECT_EQ(ended, 8);
    mock = std::make_shared<testing::MockTransport>();
  }
}

}  // namespace
}  // namespace chatopen
