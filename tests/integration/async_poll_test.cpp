#include "async_matrix.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::ErrorKind;
using chatopen::Pending;
using chatopen::Result;
using SteadyClock = std::chrono::steady_clock;

class PollDriven : public AsyncMatrix {
 protected:
  [[nodiscard]] ChatClient polled_client(const RawServer& server) const {
    return async_client(server.base_url(), transport_of(Driver::poll));
  }
  /// Polls until the condition holds; false after `hung`.
  template <typename Condition>
  static bool poll_until(const ChatClient& client, Condition condition) {
    const auto give_up = SteadyClock::now() + hung;
    while (!condition()) {
      if (SteadyClock::now() > give_up) return false;
      client.poll(milliseconds(1));
    }
    return true;
  }
};

TEST_F(PollDriven, CallsGoOnOnlyWhilePolled) {
  RawServer server(answer_hello);
  const ChatClient client = polled_client(server);
  auto pending = client.chat_async(question());
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(server.connections(), 0U) << "it connected without being polled";
  EXPECT_FALSE(pending.ready());
  EXPECT_TRUE(client.poll()) << "the call is in flight";
  EXPECT_TRUE(poll_until(client, [&] { return pending.ready(); }));
  EXPECT_FALSE(client.poll()) << "nothing is in flight";
  EXPECT_TRUE(std::move(pending).get());
}

long waits_of_this_thread() {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  return used.ru_nvcsw;
}

TEST_F(PollDriven, PollWithoutABudgetNeverBlocks) {
  RawServer server(stall_in_stream);
  const ChatClient client = polled_client(server);
  auto stalled = client.chat_async(question());
  ASSERT_TRUE(poll_until(client, [&] { return log_->counts().first_deltas == 1; }));
  // A thread that waits gives its processor up, which the system counts.
  const long before = waits_of_this_thread();
  for (int i = 0; i < 10'000; ++i) client.poll();
  EXPECT_LE(waits_of_this_thread() - before, 100);
  EXPECT_FALSE(stalled.ready());
}

TEST_F(PollDriven, PollWaitsForItsBudgetAtMost) {
  RawServer server(stall_in_stream);
  const ChatClient client = polled_client(server);
  auto stalled = client.chat_async(question());
  ASSERT_TRUE(poll_until(client, [&] { return log_->counts().first_deltas == 1; }));
  const auto start = SteadyClock::now();
  client.poll(milliseconds(100));
  const auto elapsed = SteadyClock::now() - start;
  EXPECT_GE(elapsed, milliseconds(90));
  EXPECT_LE(elapsed, milliseconds(100) + deadline_slack);
}

TEST_F(PollDriven, EveryCallbackRunsOnTheThreadThatPolls) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    if (connection.index() % 2 == 0) {
      connection.reply("503 Service Unavailable", "{}", "Retry-After: 0\r\n");
      connection.read_request();
    }
    connection.send(std::string(stream_head) + piece("a"));
    connection.pause(milliseconds(5));
    connection.send(std::string(piece("b")) + std::string(stream_end));
  });
  const ChatClient client = polled_client(server);
  std::atomic<int> elsewhere = 0;
  std::atomic<int> here = 0;
  const auto note = [&, poller = std::this_thread::get_id()] {
    ++(std::this_thread::get_id() == poller ? here : elsewhere);
  };
  std::vector<Pending<void>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(client.stream_async(question(), [&](const ChatDelta&) { note(); }).then([&](Result<ChatReply> told) {
      EXPECT_TRUE(told) << told.error();
      note();
    }));
  }
  // A call that another thread starts is run here all the same.
  std::thread([&] { all.push_back(client.chat_async(question()).then([&](Result<ChatReply>) { note(); })); }).join();
  EXPECT_TRUE(poll_until(
      client, [&] { return std::all_of(all.begin(), all.end(), [](const auto& each) { return each.ready(); }); }));
  EXPECT_GE(here, 4 * 3 + 1);
  EXPECT_EQ(elsewhere, 0);
}

TEST_F(PollDriven, WaitingDrivesTheCallAndAllOthers) {
  RawServer server(answer_hello);
  const ChatClient client = polled_client(server);
  auto first = client.chat_async(question());
  auto second = client.chat_async(question());
  auto pulled = client.stream(question());
  EXPECT_TRUE(second.wait_for(hung));
  first.wait();
  EXPECT_TRUE(pulled.finish());
  EXPECT_TRUE(std::move(first).get());
  EXPECT_TRUE(client.chat(question()));
}

TEST_F(PollDriven, ThreadsThatWaitAtTheSameTimeAllFinish) {
  RawServer server([](Connection& connection) {
    while (connection.read_request()) {
      connection.pause(milliseconds(5));
      if (!connection.reply("200 OK", hello)) return;
    }
  });
  const ChatClient client = polled_client(server);
  std::atomic<int> finished = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 10; ++call) {
        if (result_of(client.chat_async(question()))) ++finished;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(finished, 40);
}

TEST_F(PollDriven, CancellingOnAnotherThreadWakesTheThreadThatPolls) {
  RawServer server(stall_in_stream);
  const ChatClient client = polled_client(server);
  auto pending = client.chat_async(question());
  SteadyClock::time_point cancelled_at;
  std::thread canceller([&] {
    EXPECT_TRUE(log_->wait_for_first_deltas(1));
    cancelled_at = SteadyClock::now();
    pending.cancel();
  });
  EXPECT_TRUE(poll_until(client, [&] { return log_->counts().first_deltas == 1; }));
  while (client.poll(hung)) {
  }
  const auto ended = SteadyClock::now();
  canceller.join();
  EXPECT_LE(ended - cancelled_at, cancellation_slack);
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
}

TEST_F(PollDriven, ACallbackOfPollMayDestroyTheClientThatIsPolled) {
  RawServer server(stall_in_stream);
  std::optional<ChatClient> client = polled_client(server);
  auto other = client->chat_async(question());
  auto pending = client->stream_async(question(), [&](const ChatDelta&) { client.reset(); });
  const auto give_up = SteadyClock::now() + hung;
  while (client && SteadyClock::now() < give_up) client->poll(milliseconds(10));
  ASSERT_FALSE(client);
  EXPECT_TRUE(other.ready());
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(other)).kind, ErrorKind::cancelled);
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_F(PollDriven, AClientThatIsNotPolledIsDestroyedAtOnce) {
  RawServer server(answer_hello);
  std::optional<ChatClient> client = polled_client(server);
  auto pending = client->chat_async(question());
  client.reset();
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(PollDriven, PollTellsOnlyWhatIsInFlightWhereATransportHasItsOwnThread) {
  RawServer server(stall_in_stream);
  const ChatClient client = async_client(server.base_url());
  EXPECT_FALSE(client.poll(hung));
  auto pending = client.chat_async(question());
  EXPECT_TRUE(client.poll(hung));
}

}  // namespace
}  // namespace integration
