#include "async_matrix.hpp"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::ChatStream;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Pending;
using SteadyClock = std::chrono::steady_clock;
using ::testing::HasSubstr;

class AsyncLifetime : public AsyncMatrix, public ::testing::WithParamInterface<Driver> {
 protected:
  /// Whether the connection ends is seen by the server; not where the transport outlives its users on purpose.
  static void expect_ended(const RawServer& server) { EXPECT_TRUE(server.wait_for_ended_scripts()); }
};

INSTANTIATE_TEST_SUITE_P(FaultMatrix, AsyncLifetime, ::testing::Values(Driver::own_thread, Driver::pool, Driver::poll),
                         name_of_param);

TEST_P(AsyncLifetime, Row58DestroyedClientEndsItsCallsWithin100msAndNoCallbackFollows) {
  RawServer streaming(stream_for_ever);
  const auto transport = transport_of(GetParam());
  std::atomic<int> deltas = 0;
  std::vector<Pending<ChatReply>> pendings;
  std::vector<ChatStream> streams;
  std::optional<ChatClient> client = async_client(streaming.base_url(), transport);
  for (int i = 0; i < 5; ++i) {
    pendings.push_back(client->chat_async(question()));
    pendings.push_back(client->stream_async(question(), [&](const ChatDelta&) { ++deltas; }));
    streams.push_back(client->stream(question()));
  }
  const auto give_up = SteadyClock::now() + hung;
  while (log_->counts().first_deltas < 15 && SteadyClock::now() < give_up) client->poll(milliseconds(10));

  const auto start = SteadyClock::now();
  client.reset();
  const auto elapsed = SteadyClock::now() - start;
  const int before = deltas;
  EXPECT_LE(elapsed, deadline_slack);
  EXPECT_EQ(log_->counts().completions, 15);
  for (auto& each : pendings) {
    EXPECT_TRUE(each.ready());
    EXPECT_EQ(error_of(std::move(each)).kind, ErrorKind::cancelled);
  }
  for (ChatStream& each : streams) {
    while (each.next() != nullptr) {
    }
    EXPECT_TRUE(each.done());
    const auto whole = each.finish();
    ASSERT_FALSE(whole);
    EXPECT_EQ(whole.error().kind, ErrorKind::cancelled);
    EXPECT_TRUE(whole.error().maybe_processed);
  }
  // The transport, which lives on, closes the connections of a polled client when it is polled.
  if (GetParam() == Driver::poll) transport->poll(milliseconds(0));
  expect_ended(streaming);
  EXPECT_EQ(deltas, before) << "a callback ran after the client was destroyed";
  EXPECT_EQ(log_->counts().completions, 15);
}

TEST_P(AsyncLifetime, Row58DestroyedClientDoesNotWaitForABackOff) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && connection.reply("503 Service Unavailable", "{}", "Retry-After: 60\r\n")) {
    }
  });
  std::optional<ChatClient> client = async_client(server.base_url(), transport_of(GetParam()));
  auto pending = client->chat_async(question());
  const auto give_up = SteadyClock::now() + hung;
  while (log_->counts().retries < 1 && SteadyClock::now() < give_up) client->poll(milliseconds(10));
  const auto start = SteadyClock::now();
  client.reset();
  EXPECT_LE(SteadyClock::now() - start, deadline_slack);
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(AsyncLifetime, Row58OtherClientsOfTheTransportGoOn) {
  std::latch answer(1);
  RawServer stalled([](Connection& connection) {
    connection.read_request();
    connection.wait_for_close();
  });
  RawServer slow([&](Connection& connection) {
    connection.read_request();
    answer.wait();
    connection.reply("200 OK", hello);
  });
  const auto transport = transport_of(GetParam());
  std::optional<ChatClient> doomed = async_client(stalled.base_url(), transport);
  const ChatClient other = async_client(slow.base_url(), transport);
  auto cancelled = doomed->chat_async(question());
  auto goes_on = other.chat_async(question());
  const auto give_up = SteadyClock::now() + hung;
  while ((stalled.requests().empty() || slow.requests().empty()) && SteadyClock::now() < give_up) {
    other.poll(milliseconds(1));
  }
  doomed.reset();
  EXPECT_TRUE(cancelled.ready());
  answer.count_down();
  EXPECT_TRUE(result_of(std::move(goes_on)));
  EXPECT_TRUE(stalled.wait_for_closed_connections());
}

TEST_P(AsyncLifetime, Row58DestructorWaitsForACallbackOnAnotherThread) {
  if (GetParam() == Driver::poll) GTEST_SKIP() << "the thread that polls destroys the client";
  RawServer server(stall_in_stream);
  std::optional<ChatClient> client = async_client(server.base_url(), transport_of(GetParam()));
  std::latch entered(1);
  std::latch destroying(1);
  std::atomic<bool> left = false;
  auto pending = client->stream_async(question(), [&](const ChatDelta&) {
    entered.count_down();
    destroying.wait();
    std::this_thread::sleep_for(milliseconds(50));
    left = true;
  });
  entered.wait();
  destroying.count_down();
  client.reset();
  EXPECT_TRUE(left) << "the destructor did not wait";
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
}

TEST_P(AsyncLifetime, Row58DestroyedAtAnyMomentEveryCallEndsOnce) {
  RawServer server(answer_hello);
  const auto transport = transport_of(GetParam());
  constexpr int rounds = 100;
  for (int round = 0; round < rounds; ++round) {
    std::optional<ChatClient> client = async_client(server.base_url(), transport);
    auto pending = client->chat_async(question());
    const auto until = SteadyClock::now() + std::chrono::microseconds(10 * round);
    while (SteadyClock::now() < until) client->poll();
    client.reset();
    EXPECT_TRUE(pending.ready());
    const auto result = std::move(pending).get();
    if (!result) {
      EXPECT_EQ(result.error().kind, ErrorKind::cancelled) << result.error();
    }
  }
  EXPECT_LE(log_->counts().completions, rounds);
}

TEST_P(AsyncLifetime, Row58ShutdownWaitsForCallsThatEndInTime) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && connection.pause(milliseconds(100)) && connection.reply("200 OK", hello)) {
    }
  });
  ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  auto pending = client.chat_async(question());
  EXPECT_TRUE(client.shutdown(hung));
  EXPECT_TRUE(pending.ready());
  EXPECT_TRUE(std::move(pending).get());

  const Error error = error_of(client.chat_async(question()));
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_EQ(error.attempts, 0);
  EXPECT_THAT(error.detail, HasSubstr("shut down"));
  EXPECT_EQ(client.stream(question()).finish().error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(client.chat(question())) << "only asynchronous calls are refused";
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(AsyncLifetime, Row58ShutdownCancelsWhatDoesNotEndInTime) {
  RawServer server(stall_in_stream);
  ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  const ChatClient copy = client;
  auto pending = copy.chat_async(question());
  const auto start = SteadyClock::now();
  EXPECT_FALSE(client.shutdown(milliseconds(100)));
  const auto elapsed = SteadyClock::now() - start;
  EXPECT_GE(elapsed, milliseconds(100));
  EXPECT_LE(elapsed, milliseconds(100) + deadline_slack);
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
  EXPECT_TRUE(client.shutdown()) << "nothing is left to cancel";
}

TEST_P(AsyncLifetime, Row58ResultsOutliveTheClient) {
  RawServer server(answer_hello);
  std::optional<ChatClient> client = async_client(server.base_url(), transport_of(GetParam()));
  auto pending = client->chat_async(question());
  EXPECT_TRUE(pending.wait_for(hung));
  client.reset();
  const auto reply = std::move(pending).get();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
}

}  // namespace
}  // namespace integration
