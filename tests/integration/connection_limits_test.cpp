#include "fault_matrix.hpp"

#include <algorithm>
#include <latch>
#include <mutex>
#include <utility>
#include <vector>

namespace integration {
namespace {

using chatopen::CallOptions;
using chatopen::ChatClient;
using chatopen::ChatReply;
using chatopen::Pending;
using chatopen::Result;

/// Counts what is served at the same time.
class InService {
 public:
  void answer_all(Connection& connection) {
    while (connection.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        most_ = std::max(most_, ++now_);
      }
      connection.pause(milliseconds(2));
      {
        const std::lock_guard lock(mutex_);
        --now_;
      }
      if (!connection.reply("200 OK", hello)) return;
    }
  }
  [[nodiscard]] int most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  mutable std::mutex mutex_;
  int now_ = 0;
  int most_ = 0;
};

class ConnectionLimits : public FaultMatrix {
 protected:
  static std::vector<Pending<ChatReply>> ask(const ChatClient& client, std::size_t count) {
    std::vector<Pending<ChatReply>> calls;
    while (calls.size() < count) calls.push_back(client.chat_async(question()));
    return calls;
  }
  static void expect_replies(std::vector<Pending<ChatReply>> calls) {
    for (auto& call : calls) expect_reply(std::move(call).get());
  }
  static void expect_reply(const Result<ChatReply>& reply) {
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->attempts(), 1);
  }
};

TEST_F(ConnectionLimits, PerHostIsNeverExceeded) {
  constexpr std::size_t limit = 3;
  for (const bool poll_driven : {false, true}) {
    InService in_service;
    RawServer server([&](Connection& connection) { in_service.answer_all(connection); });
    const ChatClient client = client_for(server, curl({.max_connections_per_host = limit, .poll_driven = poll_driven}));
    expect_replies(ask(client, 60));
    EXPECT_EQ(server.connections(), limit);
    EXPECT_EQ(in_service.most(), int(limit));
  }
}

TEST_F(ConnectionLimits, PerHostIsEachHostsOwn) {
  RawServer one(answer_hello);
  RawServer other(answer_hello);
  const std::shared_ptr<chatopen::Transport> shared = curl({.max_connections_per_host = 1});
  std::vector<Pending<ChatReply>> calls;
  const ChatClient first = client_for(one, shared);
  const ChatClient second = client_for(other, shared);
  for (int i = 0; i < 10; ++i) {
    calls.push_back(first.chat_async(question()));
    calls.push_back(second.chat_async(question()));
  }
  expect_replies(std::move(calls));
  EXPECT_EQ(one.connections(), 1U);
  EXPECT_EQ(other.connections(), 1U);
}

TEST_F(ConnectionLimits, OfAllHostsTogetherIsNeverExceeded) {
  InService in_service;
  const Script script = [&](Connection& connection) { in_service.answer_all(connection); };
  RawServer one(script);
  RawServer other(script);
  const std::shared_ptr<chatopen::Transport> shared = curl({.max_connections = 2});
  const ChatClient first = client_for(one, shared);
  const ChatClient second = client_for(other, shared);
  std::vector<Pending<ChatReply>> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(first.chat_async(question()));
    calls.push_back(second.chat_async(question()));
  }
  expect_replies(std::move(calls));
  EXPECT_LE(in_service.most(), 2);
}

TEST_F(ConnectionLimits, WaitingForAConnectionCountsTowardsTheTotalDeadlineOnly) {
  constexpr milliseconds phase_limit = milliseconds(400) * slowdown;
  std::latch held_long_enough(1);
  RawServer server([&](Connection& connection) {
    if (!connection.read_request()) return;
    held_long_enough.wait();
    connection.reply("200 OK", hello);
    answer_hello(connection);
  });
  const ChatClient client = client_for(server, curl({.max_connections_per_host = 1}));
  auto held = client.chat_async(question());
  ASSERT_TRUE(server.wait_for_requests(1));
  auto patient = client.chat_async(question(), {.timeouts = {.connect = phase_limit, .first_byte = phase_limit}});
  const auto start = std::chrono::steady_clock::now();
  const Result<ChatReply> late = client.chat_async(question(), {.timeouts = {.total = milliseconds(150)}}).get();
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_FALSE(patient.wait_for(phase_limit + milliseconds(100)));
  held_long_enough.count_down();
  expect_reply(std::move(held).get());
  expect_reply(std::move(patient).get());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, chatopen::ErrorKind::timeout) << late.error();
  EXPECT_FALSE(late.error().maybe_processed);
  EXPECT_LE(elapsed, milliseconds(150) + deadline_slack);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ConnectionLimits, CancelledWhileItWaitsForAConnectionSendsNothing) {
  std::latch cancelled(1);
  RawServer server([&](Connection& connection) {
    if (!connection.read_request()) return;
    cancelled.wait();
    connection.reply("200 OK", hello);
    answer_hello(connection);
  });
  const ChatClient client = client_for(server, curl({.max_connections_per_host = 1}));
  auto held = client.chat_async(question());
  ASSERT_TRUE(server.wait_for_requests(1));
  auto waiting = client.chat_async(question());
  waiting.cancel();
  const Result<ChatReply> reply = std::move(waiting).get();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, chatopen::ErrorKind::cancelled);
  EXPECT_FALSE(reply.error().maybe_processed);
  cancelled.count_down();
  expect_reply(std::move(held).get());
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace integration
