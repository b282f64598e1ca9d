#include "async_matrix.hpp"

#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

namespace integration {
namespace {

using chatopen::CancelSource;
using chatopen::ChatClient;
using chatopen::ChatReply;
using chatopen::ChatStream;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Pending;
using chatopen::RetryPolicy;
using SteadyClock = std::chrono::steady_clock;
using ::testing::HasSubstr;

/// Where a call is when it is cancelled, and what makes it stay there.
struct Stage {
  std::string base_url;
  chatopen::CurlOptions curl = {};
  chatopen::ChatRequest request = question();
  /// Waits until the call is there.
  std::function<bool()> reached;
  /// Waits until the server sees that nobody wants its reply.
  std::function<bool()> told = [] { return true; };
  bool maybe_processed = false;
};

bool received_something(const RawServer& server) {
  return server.wait_until(
      [](const auto& connections) { return !connections.empty() && !connections[0]->received.empty(); });
}

Stage connecting(const CallLog&) {
  const auto hole = std::make_shared<BlackHole>();
  return {.base_url = "http://" + hole->authority(), .reached = [hole] { return hole->wait_for_attempt(); }};
}

Stage in_the_tls_handshake(const CallLog&) {
  const auto server = std::make_shared<RawServer>([](Connection& connection) { connection.wait_for_close(); });
  const auto authority = std::make_shared<CertificateAuthority>();
  return {.base_url = "https://" + server->authority(),
          .curl = {.ca_file = authority->file()},
          .reached = [server, authority] { return received_something(*server); },
          .told = [server] { return server->wait_for_closed_connections(); }};
}

Stage uploading(const CallLog&) {
  const auto may_read = std::make_shared<std::atomic<bool>>(false);
  const auto server = std::make_shared<RawServer>([may_read](Connection& connection) {
    connection.read_head();
    while (!*may_read && connection.pause(milliseconds(1))) {
    }
    connection.wait_for_close();
  });
  Stage stage{.base_url = server->base_url(),
              .reached = [server] { return received_something(*server); },
              .told =
                  [server, may_read] {
                    *may_read = true;
                    return server->wait_for_closed_connections();
                  },
              .maybe_processed = true};
  stage.request.messages.push_back(chatopen::Message::user(std::string(16 * 1024 * 1024, 'x')));
  return stage;
}

Stage waiting_for_the_reply(const CallLog&) {
  const auto server = std::make_shared<RawServer>([](Connection& connection) {
    connection.read_request();
    connection.wait_for_close();
  });
  return {.base_url = server->base_url(),
          .reached = [server] { return server->wait_for_requests(1); },
          .told = [server] { return server->wait_for_closed_connections(); },
          .maybe_processed = true};
}

Stage in_the_body(const CallLog& log) {
  const auto server = std::make_shared<RawServer>(stall_in_stream);
  return {.base_url = server->base_url(),
          .reached = [server, &log] { return log.wait_for_first_deltas(1); },
          .told = [server] { return server->wait_for_closed_connections(); },
          .maybe_processed = true};
}

Stage backing_off(const CallLog& log) {
  const auto server = std::make_shared<RawServer>([](Connection& connection) {
    while (connection.read_request() && connection.reply("503 Service Unavailable", "{}", "Retry-After: 60\r\n")) {
    }
  });
  return {.base_url = server->base_url(),
          .reached = [server, &log] { return log.wait_for_retries(1); },
          .told = [server] { return server->requests().size() == 1; }};
}

struct NamedStage {
  const char* name;
  Stage (*make)(const CallLog&);
};

/// How the call is made and cancelled.
enum class Way { pending, pending_stream, token, stream, dropped_stream };

constexpr const char* name_of(Way way) {
  switch (way) {
    case Way::pending: return "ByItsPending";
    case Way::pending_stream: return "ByThePendingOfAStream";
    case Way::token: return "ByItsToken";
    case Way::stream: return "ByItsStream";
    case Way::dropped_stream: return "ByDroppingItsStream";
  }
  return "";
}

/// The caller's loop, on a thread of its own; nothing where the transport has one.
class Loop {
 public:
  Loop(const ChatClient& client, Driver driver) {
    if (driver != Driver::poll) return;
    thread_ = std::jthread([client](const std::stop_token& stop) {
      while (!stop.stop_requested()) client.poll(milliseconds(10));
    });
  }

 private:
  std::jthread thread_;
};

using StageWayAndDriver = std::tuple<NamedStage, Way, Driver>;

class Row57Async : public AsyncMatrix, public ::testing::WithParamInterface<StageWayAndDriver> {
 protected:
  void expect_cancelled(const Error& error, const Stage& stage) {
    EXPECT_EQ(error.kind, ErrorKind::cancelled) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_EQ(error.maybe_processed, stage.maybe_processed);
  }
  void expect_prompt(SteadyClock::time_point start) {
    ASSERT_TRUE(log_->wait_for_completions(1));
    EXPECT_LE(log_->completed_at() - start, cancellation_slack);
  }

  void cancel_pending(Pending<ChatReply> pending, CancelSource* source, const Stage& stage) {
    ASSERT_TRUE(stage.reached());
    EXPECT_FALSE(pending.ready());
    const auto start = SteadyClock::now();
    source == nullptr ? pending.cancel() : source->cancel();
    EXPECT_TRUE(pending.wait_for(hung));
    EXPECT_LE(SteadyClock::now() - start, cancellation_slack);
    expect_prompt(start);
    pending.cancel();
    expect_cancelled(error_of(std::move(pending)), stage);
  }

  void cancel_stream(std::optional<ChatStream> stream, bool drop, const Stage& stage) {
    ASSERT_TRUE(stage.reached());
    const auto start = SteadyClock::now();
    if (drop) {
      stream.reset();
      return expect_prompt(start);
    }
    stream->cancel();
    const auto whole = stream->finish();
    EXPECT_LE(SteadyClock::now() - start, cancellation_slack);
    expect_prompt(start);
    ASSERT_FALSE(whole);
    expect_cancelled(whole.error(), stage);
  }
};

TEST_P(Row57Async, EndsAtOnceExactlyOnceAndTheServerIsTold) {
  const auto& [named, way, driver] = GetParam();
  const Stage stage = named.make(*log_);
  std::atomic<int> deltas = 0;
  const auto count = [&deltas](const chatopen::ChatDelta&) { ++deltas; };
  {
    chatopen::CurlOptions options = stage.curl;
    options.poll_driven = driver == Driver::poll;
    auto transport = curl(std::move(options));
    if (driver == Driver::pool) transport = std::make_shared<PerformOnly>(std::move(transport));
    const ChatClient client = async_client(stage.base_url, std::move(transport));
    const Loop loop(client, driver);
    CancelSource source;
    switch (way) {
      case Way::pending: cancel_pending(client.chat_async(stage.request), nullptr, stage); break;
      case Way::pending_stream: cancel_pending(client.stream_async(stage.request, count), nullptr, stage); break;
      case Way::token:
        cancel_pending(client.chat_async(stage.request, {.cancel = source.token()}), &source, stage);
        break;
      case Way::stream: cancel_stream(client.stream(stage.request), false, stage); break;
      case Way::dropped_stream: cancel_stream(client.stream(stage.request), true, stage); break;
    }
    EXPECT_TRUE(stage.told()) << "the server was not told";
  }
  EXPECT_EQ(log_->counts().attempts, 1);
  EXPECT_EQ(log_->counts().completions, 1);
  EXPECT_EQ(log_->completed_as(), ErrorKind::cancelled);
  EXPECT_LE(deltas, 1);
}

INSTANTIATE_TEST_SUITE_P(
    FaultMatrix, Row57Async,
    ::testing::Combine(
        ::testing::Values(NamedStage{"WhileConnecting", connecting},
                          NamedStage{"InTheTlsHandshake", in_the_tls_handshake}, NamedStage{"InTheUpload", uploading},
                          NamedStage{"WhileWaitingForTheReply", waiting_for_the_reply},
                          NamedStage{"InTheBody", in_the_body}, NamedStage{"InTheWaitBeforeARetry", backing_off}),
        ::testing::Values(Way::pending, Way::pending_stream, Way::token, Way::stream, Way::dropped_stream),
        ::testing::Values(Driver::own_thread, Driver::pool, Driver::poll)),
    [](const auto& tested) {
      return std::string(std::get<NamedStage>(tested.param).name) + name_of(std::get<Way>(tested.param)) +
             name_of(std::get<Driver>(tested.param));
    });

class AsyncCancellation : public AsyncMatrix {};

TEST_F(AsyncCancellation, Row57TokenThatIsCancelledAlreadySendsNothing) {
  RawServer server(answer_hello);
  CancelSource source;
  source.cancel();
  const ChatClient client = async_client(server.base_url());
  const Error error = error_of(client.chat_async(question(), {.cancel = source.token()}));
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_EQ(error.attempts, 0);
  EXPECT_FALSE(error.maybe_processed);
  auto stream = client.stream(question(), {.cancel = source.token()});
  EXPECT_EQ(stream.next(), nullptr);
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_EQ(log_->counts().attempts, 0);
}

TEST_F(AsyncCancellation, Row57OtherCallsOfTheClientGoOn) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    if (connection.request().header("X-Stall") == "yes") {
      connection.wait_for_close();
    } else if (connection.reply("200 OK", hello)) {
      answer_hello(connection);
    }
  });
  const ChatClient client = async_client(server.base_url());
  std::vector<Pending<ChatReply>> stalled;
  for (int i = 0; i < 10; ++i) stalled.push_back(client.chat_async(question(), {.headers = {{"X-Stall", "yes"}}}));
  ASSERT_TRUE(server.wait_for_requests(10));
  std::vector<Pending<ChatReply>> live;
  for (auto& each : stalled) {
    live.push_back(client.chat_async(question()));
    each.cancel();
  }
  for (auto& each : stalled) EXPECT_EQ(error_of(std::move(each)).kind, ErrorKind::cancelled);
  for (auto& each : live) EXPECT_TRUE(result_of(std::move(each)));
  EXPECT_EQ(log_->counts().completions, 20);
}

TEST_F(AsyncCancellation, Row57OneTokenEndsCallsOfEveryKind) {
  RawServer server(stall_in_stream);
  const ChatClient client = async_client(server.base_url());
  CancelSource source;
  const chatopen::CallOptions call{.cancel = source.token()};
  auto whole = client.chat_async(question(), call);
  auto pushed = client.stream_async(
      question(), [](const chatopen::ChatDelta&) {}, call);
  auto pulled = client.stream(question(), call);
  std::optional<ErrorKind> blocking;
  std::thread blocked([&] { blocking = client.chat(question(), call).error().kind; });
  ASSERT_TRUE(log_->wait_for_first_deltas(4));
  const auto start = SteadyClock::now();
  source.cancel();
  blocked.join();
  EXPECT_TRUE(whole.wait_for(hung));
  EXPECT_TRUE(pushed.wait_for(hung));
  const auto piece_and_end = pulled.finish();
  EXPECT_LE(SteadyClock::now() - start, cancellation_slack);
  EXPECT_EQ(blocking, ErrorKind::cancelled);
  EXPECT_EQ(error_of(std::move(whole)).kind, ErrorKind::cancelled);
  EXPECT_EQ(error_of(std::move(pushed)).kind, ErrorKind::cancelled);
  ASSERT_FALSE(piece_and_end);
  EXPECT_EQ(piece_and_end.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

// Whichever comes first, the call ends once.
TEST_F(AsyncCancellation, Row57CancelThatMeetsTheReplyEndsTheCallOnce) {
  RawServer server(answer_hello);
  const ChatClient client = async_client(server.base_url());
  constexpr int rounds = 200;
  for (int round = 0; round < rounds; ++round) {
    CancelSource source;
    auto pending = client.chat_async(question(), {.cancel = source.token()});
    std::thread by_token;
    if (round % 2 == 0) by_token = std::thread([&] { source.cancel(); });
    const auto until = SteadyClock::now() + std::chrono::microseconds(5 * round);
    while (SteadyClock::now() < until) {
    }
    pending.cancel();
    if (by_token.joinable()) by_token.join();
    const auto result = result_of(std::move(pending));
    if (!result) {
      EXPECT_EQ(result.error().kind, ErrorKind::cancelled) << result.error();
    }
  }
  EXPECT_EQ(log_->counts().completions, rounds);
}

TEST_F(AsyncCancellation, DroppingAPendingDoesNotCancel) {
  RawServer server(answer_hello);
  const ChatClient client = async_client(server.base_url());
  static_cast<void>(client.chat_async(question()));
  ASSERT_TRUE(log_->wait_for_completions(1));
  EXPECT_EQ(log_->completed_as(), std::nullopt);
}

TEST_F(AsyncCancellation, Row7SilentTlsPeerEndsAtTheConnectDeadline) {
  RawServer silent([](Connection& connection) { connection.wait_for_close(); });
  const CertificateAuthority authority;
  const ChatClient client = async_client("https://" + silent.authority(), curl({.ca_file = authority.file()}));
  const auto start = SteadyClock::now();
  const Error error = error_of(
      client.chat_async(question(), {.timeouts = {.connect = milliseconds(300)}, .retry = RetryPolicy::none()}));
  const auto elapsed = SteadyClock::now() - start;
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("connect"));
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_GE(elapsed, milliseconds(300));
  EXPECT_LE(elapsed, milliseconds(300) + deadline_slack);
  EXPECT_TRUE(silent.wait_for_closed_connections());
}

}  // namespace
}  // namespace integration
