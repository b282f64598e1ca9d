// The started exchanges of a mock.

#include <chatopen/testing/mock_transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatopen::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// Sink and completion in one, which threads may wait for.
class Receiver final : public ResponseSink, public ExchangeCompletion {
 public:
  SinkAction on_head(int head_status, const std::vector<HttpHeader>&) override {
    const std::lock_guard lock(mutex_);
    status = head_status;
    return SinkAction::proceed;
  }
  SinkAction on_body(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    pieces.emplace_back(bytes);
    changed_.notify_all();
    return answer ? answer() : SinkAction::proceed;
  }
  void on_complete(TransportOutcome ended) override {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(outcome) << "completed twice";
    outcome = std::move(ended);
    thread = std::this_thread::get_id();
    changed_.notify_all();
  }

  const TransportOutcome& wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return outcome.has_value(); });
    return *outcome;
  }
  void wait_for_pieces(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return pieces.size() >= count; });
  }
  [[nodiscard]] bool has_ended() {
    const std::lock_guard lock(mutex_);
    return outcome.has_value();
  }

  std::function<SinkAction()> answer;
  int status = 0;
  std::vector<std::string> pieces;
  std::optional<TransportOutcome> outcome;
  std::thread::id thread;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

class StartedExchange : public ::testing::Test {
 protected:
  static std::unique_ptr<Exchange> start(MockTransport& mock, const std::shared_ptr<Receiver>& receiver) {
    auto request = std::make_shared<HttpRequest>();
    request->url = "https://x.example/";
    return mock.start(std::move(request), receiver, receiver);
  }

  std::shared_ptr<Receiver> receiver = std::make_shared<Receiver>();
};

class ThreadedMock : public StartedExchange {
 protected:
  MockTransport mock;
};

TEST_F(ThreadedMock, PlaysOnAThreadOfItsOwn) {
  mock.reply_stream({"a", "b"});
  const auto exchange = start(mock, receiver);
  ASSERT_NE(exchange, nullptr);
  EXPECT_EQ(receiver->wait().body_end, BodyEnd::proven);
  EXPECT_EQ(receiver->status, 200);
  EXPECT_THAT(receiver->pieces, ElementsAre("a", "b"));
  EXPECT_NE(receiver->thread, std::this_thread::get_id());
  EXPECT_EQ(mock.requests().size(), 1u);
  EXPECT_FALSE(mock.poll_driven());
  EXPECT_FALSE(mock.poll(0ms));
}

TEST_F(ThreadedMock, RecordsBeforeItReturns) {
  mock.stall();
  const auto exchange = start(mock, receiver);
  EXPECT_EQ(mock.requests().size(), 1u);
  EXPECT_EQ(mock.remaining(), 0u);
  exchange->cancel();
  receiver->wait();
}

TEST_F(ThreadedMock, SaysSoWhenTheScriptHasEnded) {
  start(mock, receiver);
  EXPECT_EQ(receiver->wait().failure, TransportFailure::settings);
}

TEST_F(ThreadedMock, StallsUntilItIsCancelled) {
  mock.reply_stream({"a"}, MockStreamEnd::stall);
  const auto exchange = start(mock, receiver);
  receiver->wait_for_pieces(1);
  EXPECT_FALSE(receiver->has_ended());
  exchange->cancel();
  exchange->cancel();
  EXPECT_EQ(receiver->wait().failure, TransportFailure::cancelled);
}

TEST_F(ThreadedMock, PlaysOthersWhileOneStalls) {
  mock.stall();
  mock.reply({.body = "b"});
  const auto stalled = std::make_shared<Receiver>();
  const auto first = start(mock, stalled);
  start(mock, receiver);
  EXPECT_EQ(receiver->wait().failure, std::nullopt);
  first->cancel();
  EXPECT_EQ(stalled->wait().failure, TransportFailure::cancelled);
}

TEST_F(ThreadedMock, PausesUntilItIsResumed) {
  mock.reply_stream({"a", "b", "c"});
  receiver->answer = [] { return SinkAction::pause; };
  const auto exchange = start(mock, receiver);
  for (std::size_t count = 1; count <= 3; ++count) {
    receiver->wait_for_pieces(count);
    EXPECT_FALSE(receiver->has_ended());
    exchange->resume();
  }
  EXPECT_EQ(receiver->wait().body_end, BodyEnd::proven);
  EXPECT_THAT(receiver->pieces, ElementsAre("a", "b", "c"));
  exchange->resume();
  exchange->cancel();
}

TEST_F(ThreadedMock, IsCancelledWhilePaused) {
  mock.reply_stream({"a", "b"});
  receiver->answer = [] { return SinkAction::pause; };
  const auto exchange = start(mock, receiver);
  receiver->wait_for_pieces(1);
  exchange->cancel();
  EXPECT_EQ(receiver->wait().failure, TransportFailure::cancelled);
  EXPECT_THAT(receiver->pieces, ElementsAre("a"));
}

TEST_F(ThreadedMock, StopsAndFinishesAsItsSinkWants) {
  for (const SinkAction action : {SinkAction::stop, SinkAction::finish}) {
    mock.reply_stream({"a", "b"});
    const auto stopping = std::make_shared<Receiver>();
    stopping->answer = [action] { return action; };
    start(mock, stopping);
    EXPECT_TRUE(stopping->wait().stopped);
    EXPECT_THAT(stopping->pieces, ElementsAre("a"));
  }
}

TEST_F(StartedExchange, EndsAsCancelledWithTheMock) {
  std::optional<MockTransport> mock(std::in_place);
  mock->stall();
  mock->reply_stream({"a", "b"});
  const auto paused = std::make_shared<Receiver>();
  paused->answer = [] { return SinkAction::pause; };
  const auto first = start(*mock, receiver);
  const auto second = start(*mock, paused);
  paused->wait_for_pieces(1);
  mock.reset();
  ASSERT_TRUE(receiver->has_ended());
  EXPECT_EQ(receiver->wait().failure, TransportFailure::cancelled);
  EXPECT_EQ(paused->wait().failure, TransportFailure::cancelled);
  // Handles may live longer.
  first->cancel();
  second->resume();
}

class PolledMock : public StartedExchange {
 protected:
  MockTransport mock{MockOptions{.poll_driven = true}};
};

TEST_F(PolledMock, PlaysWithinPollOnly) {
  mock.reply_stream({"a"});
  start(mock, receiver);
  EXPECT_TRUE(mock.poll_driven());
  EXPECT_FALSE(receiver->has_ended());
  EXPECT_TRUE(mock.poll(0ms));
  ASSERT_TRUE(receiver->has_ended());
  EXPECT_EQ(receiver->thread, std::this_thread::get_id());
}

TEST_F(PolledMock, ReturnsWhenNothingHappensInTime) {
  EXPECT_TRUE(mock.poll(0ms));
  EXPECT_TRUE(mock.poll(1ms));
}

// Without the wake-up this would last an hour.
TEST_F(PolledMock, IsWokenByACancellation) {
  mock.stall();
  const auto exchange = start(mock, receiver);
  EXPECT_TRUE(mock.poll(0ms));
  std::thread canceller([&] { exchange->cancel(); });
  EXPECT_TRUE(mock.poll(1h));
  canceller.join();
  EXPECT_EQ(receiver->wait().failure, TransportFailure::cancelled);
}

TEST_F(PolledMock, DoesNothingWithinItself) {
  mock.reply_stream({"a"});
  bool polled = true;
  receiver->answer = [&] {
    polled = mock.poll(1h);
    return SinkAction::proceed;
  };
  start(mock, receiver);
  EXPECT_TRUE(mock.poll(0ms));
  EXPECT_FALSE(polled);
}

TEST_F(StartedExchange, EndsAsCancelledWithThePolledMock) {
  std::optional<MockTransport> mock(std::in_place, MockOptions{.poll_driven = true});
  mock->stall();
  start(*mock, receiver);
  mock.reset();
  ASSERT_TRUE(receiver->has_ended());
  EXPECT_EQ(receiver->wait().failure, TransportFailure::cancelled);
}

}  // namespace
}  // namespace chatopen::testing
