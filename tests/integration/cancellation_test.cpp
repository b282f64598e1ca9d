#include "fault_matrix.hpp"

#include <atomic>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;

class FaultMatrixCancellation : public FaultMatrix {
 protected:
  static void expect_prompt(const TimedFailure& cancelled, int attempts, bool maybe_processed) {
    EXPECT_EQ(cancelled.error.kind, ErrorKind::cancelled);
    EXPECT_EQ(cancelled.error.attempts, attempts);
    EXPECT_EQ(cancelled.error.maybe_processed, maybe_processed);
    EXPECT_LE(cancelled.elapsed, cancellation_slack);
  }
};

TEST_F(FaultMatrixCancellation, Row57BeforeTheCallSendsNothing) {
  RawServer server(answer_hello);
  chatopen::CancelSource source;
  source.cancel();
  const Error error = failure(client_for(server), {.cancel = source.token()});
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_EQ(error.attempts, 0);
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(FaultMatrixCancellation, Row57WhileConnecting) {
  const BlackHole hole;
  const ChatClient client = ChatClient::create(options_for("http://" + hole.authority())).value();
  expect_prompt(cancel_when(client, question(), [&] { return hole.wait_for_attempt(); }), 1, false);
}

TEST_F(FaultMatrixCancellation, Row57InTheTlsHandshake) {
  RawServer server([](Connection& connection) { connection.wait_for_close(); });
  // The system's authorities take OpenSSL tens of milliseconds to read.
  const CertificateAuthority authority;
  const ChatClient client = client_for(server, authority);
  expect_prompt(cancel_when(client, question(),
                            [&] {
                              return server.wait_until([](const auto& connections) {
                                return !connections.empty() && !connections[0]->received.empty();
                              });
                            }),
                1, false);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_F(FaultMatrixCancellation, Row57InTheUpload) {
  RawServer server([](Connection& connection) {
    connection.read_head();
    connection.stall();
  });
  const ChatClient client = client_for(server);
  chatopen::ChatRequest request = question();
  request.messages.push_back(chatopen::Message::user(std::string(16 * 1024 * 1024, 'x')));
  expect_prompt(cancel_when(client, request,
                            [&] {
                              return server.wait_until([](const auto& connections) {
                                return !connections.empty() && !connections[0]->received.empty();
                              });
                            }),
                1, true);
}

TEST_F(FaultMatrixCancellation, Row57WhileWaitingForTheReply) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.wait_for_close();
  });
  const ChatClient client = client_for(server);
  expect_prompt(cancel_when(client, question(), [&] { return server.wait_for_requests(1); }), 1, true);
  EXPECT_TRUE(server.wait_for_closed_connections()) << "the server was not told";
}

TEST_F(FaultMatrixCancellation, Row57InTheBody) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"code\"");
    connection.wait_for_close();
  });
  const ChatClient client = client_for(server);
  expect_prompt(cancel_when(client, question(),
                            [&] {
                              return server.wait_until([](const auto& connections) {
                                return !connections.empty() && connections[0]->sent > 40;
                              });
                            }),
                1, true);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

/// The system's clock, which tells when somebody waits on it.
class WatchedClock final : public chatopen::Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return system_->now(); }
  bool sleep_for(Duration duration, const chatopen::CancelToken& cancel) override {
    sleeping_ = true;
    sleeping_.notify_all();
    return system_->sleep_for(duration, cancel);
  }
  bool wait_for_sleeper() {
    sleeping_.wait(false);
    return true;
  }

 private:
  std::shared_ptr<chatopen::Clock> system_ = chatopen::Clock::system();
  std::atomic<bool> sleeping_ = false;
};

TEST_F(FaultMatrixCancellation, Row57InTheWaitBeforeARetry) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && connection.reply("503 Service Unavailable", "{}", "Retry-After: 60\r\n")) {
    }
  });
  const auto clock = std::make_shared<WatchedClock>();
  chatopen::ClientOptions options = options_for(server.base_url());
  options.clock = clock;
  const ChatClient client = ChatClient::create(std::move(options)).value();
  expect_prompt(cancel_when(client, question(), [&] { return clock->wait_for_sleeper(); }), 1, false);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FaultMatrixCancellation, OtherCallsOfTheClientGoOn) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    if (connection.index() == 0) {
      connection.wait_for_close();
    } else {
      connection.reply("200 OK", hello);
      answer_hello(connection);
    }
  });
  const ChatClient client = client_for(server);
  const auto cancelled = cancel_when(
      client, question(), [&] { return server.wait_for_requests(1) && client.chat(question()).has_value(); });
  expect_prompt(cancelled, 1, true);
  EXPECT_TRUE(client.chat(question()));
}

}  // namespace
}  // namespace integration
