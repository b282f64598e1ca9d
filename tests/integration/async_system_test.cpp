#include "async_matrix.hpp"
#include "child_process.hpp"
#include "wall_clock.hpp"

#include <atomic>
#include <csignal>
#include <latch>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::ChatStream;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Pending;
using chatopen::Result;
using chatopen::RetryPolicy;
using SteadyClock = std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

class AsyncSystem : public AsyncMatrix, public ::testing::WithParamInterface<Driver> {};
INSTANTIATE_TEST_SUITE_P(FaultMatrix, AsyncSystem, ::testing::Values(Driver::own_thread, Driver::pool, Driver::poll),
                         name_of_param);

TEST_P(AsyncSystem, Row55PeerThatVanishesIsAnIdleTimeout) {
  RawServer server(stall_in_stream);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  const chatopen::CallOptions call{.timeouts = {.idle = milliseconds(300)}};
  const auto start = SteadyClock::now();
  auto whole = client.chat_async(question(), call);
  auto pushed = client.stream_async(
      question(), [](const ChatDelta&) {}, call);
  auto pulled = client.stream(question(), call);
  const std::vector<Error> errors = {error_of(std::move(whole)), error_of(std::move(pushed)), pulled.finish().error()};
  const auto elapsed = SteadyClock::now() - start;
  for (const Error& error : errors) {
    EXPECT_EQ(error.kind, ErrorKind::timeout) << error;
    EXPECT_THAT(error.message, HasSubstr("idle"));
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
  EXPECT_GE(elapsed, milliseconds(300));
  EXPECT_LE(elapsed, milliseconds(300) + deadline_slack);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_P(AsyncSystem, Row56DeadlinesHoldWhenTheWallClockJumps) {
  const BlackHole hole;
  RawServer silent([](Connection& connection) {
    connection.read_request();
    connection.wait_for_close();
  });
  RawServer stalling(stall_in_stream);
  RawServer busy([](Connection& connection) {
    connection.read_request();
    connection.reply("503 Service Unavailable", "{}", "retry-after-ms: 500\r\n");
    answer_hello(connection);
  });
  constexpr milliseconds limit(500);
  for (const auto jump : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    const auto transport = transport_of(GetParam());
    const std::vector<ChatClient> clients = {
        async_client("http://" + hole.authority(), transport), async_client(silent.base_url(), transport),
        async_client(stalling.base_url(), transport), async_client(busy.base_url(), transport)};
    const auto start = SteadyClock::now();
    std::vector<Pending<ChatReply>> timed;
    timed.push_back(clients[0].chat_async(question(), {.timeouts = {.connect = limit}, .retry = RetryPolicy::none()}));
    timed.push_back(clients[1].chat_async(question(), {.timeouts = {.first_byte = limit}}));
    timed.push_back(clients[1].chat_async(question(), {.timeouts = {.total = limit}}));
    timed.push_back(clients[2].chat_async(question(), {.timeouts = {.idle = limit}}));
    auto retried = clients[3].chat_async(question());
    std::thread blocking([&] {
      const auto reply = clients[1].chat(question(), {.timeouts = {.total = limit}});
      ASSERT_FALSE(reply);
      EXPECT_EQ(reply.error().kind, ErrorKind::timeout);
    });
    const CallLog::Counts before = log_->counts();
    const auto give_up = start + limit / 2;
    while (log_->counts().retries == before.retries && SteadyClock::now() < give_up) clients[0].poll(milliseconds(1));

    const auto wall_time = std::chrono::system_clock::now();
    const WallClockJump jumped(jump);
    EXPECT_GE(std::chrono::abs(std::chrono::system_clock::now() - wall_time), std::chrono::minutes(50));
    EXPECT_FALSE(timed[0].wait_for(milliseconds(10)));
    for (auto& each : timed) {
      const Error error = error_of(std::move(each));
      EXPECT_EQ(error.kind, ErrorKind::timeout) << error;
      EXPECT_GE(SteadyClock::now() - start, limit) << error;
    }
    EXPECT_TRUE(result_of(std::move(retried)));
    blocking.join();
    const auto elapsed = SteadyClock::now() - start;
    EXPECT_GE(elapsed, limit);
    // The idle one and the retried one were under way for a while when their time began.
    EXPECT_LE(elapsed, limit + 2 * deadline_slack);
  }
}

TEST_P(AsyncSystem, Row62ForkLeavesTheParentUnharmedAndTheChildAble) {
  if (under_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer ends a child that starts a thread";
  std::latch answer(1);
  RawServer server([&](Connection& connection) {
    while (connection.read_request()) {
      if (connection.request().header("X-Stall") == "yes") {
        connection.send(std::string(stream_head) + piece("one"));
        answer.wait();
        connection.send(std::string(piece("two")) + std::string(stream_end));
        return;
      }
      if (!connection.reply("200 OK", hello)) return;
    }
  });
  std::optional<ChatClient> client = async_client(server.base_url(), transport_of(GetParam()));
  EXPECT_TRUE(result_of(client->chat_async(question())));
  EXPECT_TRUE(client->chat(question()));
  chatopen::CancelSource source;
  const chatopen::CallOptions stall{.headers = {{"X-Stall", "yes"}}, .cancel = source.token()};
  auto in_flight = client->chat_async(question(), stall);
  std::optional<ChatStream> stream = client->stream(question(), stall);
  const auto give_up = SteadyClock::now() + hung;
  while (log_->counts().first_deltas < 2 && SteadyClock::now() < give_up) client->poll(milliseconds(1));

  const int status = status_of_child([&] {
    const auto start = SteadyClock::now();
    in_flight.wait();
    if (in_flight.ready() || in_flight.wait_for(hung)) return 1;
    if (client->poll()) return 2;
    if (std::move(in_flight).get().error().kind != ErrorKind::connection) return 3;
    while (stream->next() != nullptr) {
    }
    if (!stream->done() || stream->finish().error().kind != ErrorKind::connection) return 4;
    stream->cancel();
    source.cancel();
    stream.reset();
    if (SteadyClock::now() - start > deadline_slack) return 5;
    if (!client->chat(question())) return 6;
    for (int call = 0; call < 3; ++call) {
      if (!client->chat_async(question()).get()) return 7;
    }
    if (!client->stream(question()).finish()) return 8;
    auto own = client->chat_async(question(), {.headers = {{"X-Stall", "yes"}}});
    const auto destroyed = SteadyClock::now();
    client.reset();
    if (SteadyClock::now() - destroyed > deadline_slack) return 9;
    if (!own.ready() || std::move(own).get().error().kind != ErrorKind::cancelled) return 10;
    return 0;
  });
  EXPECT_EQ(status, 0) << "see where the child returns this";

  answer.count_down();
  const auto reply = result_of(std::move(in_flight));
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "onetwo");
  EXPECT_TRUE(stream->finish());
  EXPECT_TRUE(result_of(client->chat_async(question())));
}

/// Lets the process open that many more descriptors, as long as it lives.
class DescriptorsLeft {
 public:
  explicit DescriptorsLeft(int count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    int number = 0;
    for (int left = count;; ++number) {
      if (::fcntl(number, F_GETFD) < 0 && left-- == 0) break;
    }
    const rlimit lowered{.rlim_cur = static_cast<rlim_t>(number), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lowered);
  }
  DescriptorsLeft(const DescriptorsLeft&) = delete;
  DescriptorsLeft& operator=(const DescriptorsLeft&) = delete;
  ~DescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST_P(AsyncSystem, Row64OutOfDescriptorsIsAnIoErrorAndPasses) {
  // ThreadSanitizer ends a child that starts a thread, and the checks of virtual calls need descriptors of their own.
  if (slowdown > 1) GTEST_SKIP() << "not under a sanitizer";
  RawServer server(answer_hello);
  // The server needs descriptors of its own.
  const int status = status_of_child([&] {
    bool succeeded = false;
    int refused = 0;
    for (int left = 0; left < 12; ++left) {
      for (const bool warm : {false, true}) {
        const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
        if (warm && !client.chat_async(question()).get()) return 1;
        {
          const DescriptorsLeft few(left);
          // A warm client has a connection for the first of them.
          auto first = client.chat_async(question(), {.retry = RetryPolicy::none()});
          auto second = client.chat_async(question(), {.retry = RetryPolicy::none()});
          auto third = client.chat(question(), {.retry = RetryPolicy::none()});
          for (auto* const each : {&first, &second}) {
            if (!each->wait_for(hung)) return 2;
            const auto result = std::move(*each).get();
            succeeded = succeeded || result;
            if (result) continue;
            if (result.error().kind != ErrorKind::io) return 3;
            if (result.error().maybe_processed) return 4;
            ++refused;
          }
          if (!third && third.error().kind != ErrorKind::io) return 5;
        }
        if (!client.chat_async(question()).get()) return 6;
        if (!client.chat(question())) return 7;
        if (!client.stream(question()).finish()) return 8;
      }
    }
    return succeeded && refused > 0 ? 0 : 9;
  });
  EXPECT_EQ(status, 0) << "see where the child returns this";
}

TEST_P(AsyncSystem, Row66PeerResetInAnUploadUnderTlsRaisesNoSignal) {
  // The default action of SIGPIPE would end this program.
  ASSERT_NE(::signal(SIGPIPE, SIG_DFL), SIG_ERR);
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer server(
      [](Connection& connection) {
        connection.read_head();
        connection.read_bytes(100'000);
        connection.reset();
      },
      &tls);
  chatopen::CurlOptions options;
  options.ca_file = authority.file();
  options.poll_driven = GetParam() == Driver::poll;
  std::shared_ptr<chatopen::Transport> transport = curl(std::move(options));
  if (GetParam() == Driver::pool) transport = std::make_shared<PerformOnly>(std::move(transport));
  const ChatClient client = async_client("https://" + server.authority(), std::move(transport));
  chatopen::ChatRequest request = question();
  request.messages.push_back(chatopen::Message::user(std::string(8 * 1024 * 1024, 'x')));
  for (int round = 0; round < 5; ++round) {
    std::vector<Pending<ChatReply>> uploads;
    for (int i = 0; i < 3; ++i) uploads.push_back(client.chat_async(request));
    for (auto& each : uploads) {
      const Error error = error_of(std::move(each));
      EXPECT_EQ(error.kind, ErrorKind::connection) << error;
      EXPECT_EQ(error.attempts, 1);
      EXPECT_TRUE(error.maybe_processed);
    }
  }
}

class Row69Async : public AsyncMatrix {
 protected:
  /// What is left of a call through this proxy, which must not see a credential.
  Error failure_through(const RawServer& proxy) {
    chatopen::ClientOptions options = async_options("https://gateway.test");
    options.transport = curl({.proxy = "http://user:" + std::string(password_) + "@" + proxy.authority()});
    const ChatClient client = ChatClient::create(std::move(options)).value();
    const Error error = error_of(client.chat_async(question(), {.retry = RetryPolicy::none()}));
    EXPECT_FALSE(error.maybe_processed);
    for (const std::string& text : {error.message, error.detail, error.body_snippet}) {
      EXPECT_THAT(text, Not(HasSubstr(std::string(password_))));
    }
    const auto pulled = client.stream(question(), {.retry = RetryPolicy::none()}).finish();
    EXPECT_FALSE(pulled);
    if (!pulled) {
      EXPECT_EQ(pulled.error().kind, error.kind);
    }
    EXPECT_THAT(proxy.received(), ::testing::StartsWith("CONNECT gateway.test:443"));
    expect_no_secret(proxy.received());
    return error;
  }

 private:
  static constexpr std::string_view password_ = "canary-proxy-password-5d1e";
};

TEST_F(Row69Async, ProxyThatAnswers407IsAProxyError) {
  RawServer proxy([](Connection& connection) {
    while (connection.read_request() &&
           connection.reply("407 Proxy Authentication Required", "no", "Proxy-Authenticate: Basic realm=\"p\"\r\n")) {
    }
  });
  EXPECT_EQ(failure_through(proxy).kind, ErrorKind::proxy);
}

TEST_F(Row69Async, ProxyThatDiesBeforeItsAnswerIsAProxyError) {
  for (const bool reset : {false, true}) {
    RawServer proxy([&](Connection& connection) {
      connection.read_request();
      if (reset) connection.reset();
    });
    EXPECT_EQ(failure_through(proxy).kind, ErrorKind::proxy);
  }
}

TEST_F(Row69Async, ProxyThatDiesInTheHandshakeGetsNothing) {
  RawServer proxy([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    connection.read_bytes(1);
    connection.reset();
  });
  EXPECT_THAT(failure_through(proxy).kind, ::testing::AnyOf(ErrorKind::proxy, ErrorKind::tls, ErrorKind::connection));
}

// Behind the tunnel it is a broken connection like any other.
TEST_F(Row69Async, ProxyThatDiesInMidReplyCutsTheStream) {
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer proxy([&](Connection& connection) {
    connection.read_request();
    if (!connection.send("HTTP/1.1 200 Connection established\r\n\r\n") || !connection.start_tls(tls)) return;
    connection.read_request();
    connection.send(std::string(stream_head) + piece("one"));
    connection.wait_until_read();
    connection.reset();
  });
  chatopen::ClientOptions options = async_options("https://gateway.test");
  options.transport = curl({.proxy = proxy.base_url(), .ca_file = authority.file()});
  const ChatClient client = ChatClient::create(std::move(options)).value();
  std::atomic<int> deltas = 0;
  const Error error = error_of(client.stream_async(question(), [&](const ChatDelta&) { ++deltas; }));
  EXPECT_EQ(error.kind, ErrorKind::truncated) << error;
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_EQ(deltas, 1);
  ASSERT_EQ(proxy.requests().size(), 2U);
}

}  // namespace
}  // namespace integration
