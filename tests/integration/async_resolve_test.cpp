#include "async_matrix.hpp"
#include "name_server.hpp"
#include "network_namespace.hpp"
#include "own_network.hpp"

#include <thread>

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

class AsyncResolve : public AsyncMatrix {
 protected:
  void SetUp() override {
    AsyncMatrix::SetUp();
    require_own_network();
  }

  [[nodiscard]] ChatClient tls_client(const CertificateAuthority& authority, std::uint16_t port) const {
    return async_client("https://gateway.test:" + std::to_string(port), curl({.ca_file = authority.file()}));
  }

  static void expect_not_sent(const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::cancelled) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_FALSE(error.maybe_processed);
  }
};

TEST_F(AsyncResolve, Row5CancelWhileResolvingReturnsAtOnce) {
  chatopen::CancelSource source;
  const auto cancel_pending = [](Pending<ChatReply>& pending) { pending.cancel(); };
  const auto cancel_token = [&](Pending<ChatReply>&) { source.cancel(); };
  const std::function<void(Pending<ChatReply>&)> ways[] = {cancel_pending, cancel_token};
  for (const auto& cancel : ways) {
    const NameServer name_server(NameServer::Answer::silence);
    const ChatClient client = async_client("https://gateway.test");
    auto pending = client.chat_async(question(), {.cancel = source.token()});
    name_server.wait_for_query();
    const auto start = SteadyClock::now();
    cancel(pending);
    EXPECT_TRUE(pending.wait_for(hung));
    EXPECT_LE(SteadyClock::now() - start, cancellation_slack);
    expect_not_sent(error_of(std::move(pending)));
  }
  EXPECT_EQ(log_->counts().completions, 2);
}

TEST_F(AsyncResolve, Row5StreamThatIsDroppedWhileResolvingEndsAtOnce) {
  const NameServer name_server(NameServer::Answer::silence);
  const ChatClient client = async_client("https://gateway.test");
  std::optional<ChatStream> stream = client.stream(question());
  name_server.wait_for_query();
  const auto start = SteadyClock::now();
  stream.reset();
  ASSERT_TRUE(log_->wait_for_completions(1));
  EXPECT_LE(log_->completed_at() - start, cancellation_slack);
  EXPECT_EQ(log_->completed_as(), ErrorKind::cancelled);
}

TEST_F(AsyncResolve, Row5DestroyedClientDoesNotWaitForTheNameServer) {
  const NameServer name_server(NameServer::Answer::silence);
  std::optional<ChatClient> client = async_client("https://gateway.test");
  auto pending = client->chat_async(question());
  name_server.wait_for_query();
  const auto start = SteadyClock::now();
  client.reset();
  EXPECT_LE(SteadyClock::now() - start, deadline_slack);
  EXPECT_TRUE(pending.ready());
  EXPECT_EQ(error_of(std::move(pending)).kind, ErrorKind::cancelled);
}

TEST_F(AsyncResolve, Row4SilentNameServerDoesNotHoldUpOtherCalls) {
  const NameServer name_server(NameServer::Answer::silence);
  RawServer server(answer_hello);
  const auto transport = curl({});
  const ChatClient stuck = async_client("https://gateway.test", transport);
  const ChatClient live = async_client(server.base_url(), transport);
  auto resolving = stuck.chat_async(question());
  name_server.wait_for_query();
  for (int round = 0; round < 3; ++round) {
    const auto start = SteadyClock::now();
    EXPECT_TRUE(result_of(live.chat_async(question())));
    resolving.cancel();
    EXPECT_LE(SteadyClock::now() - start, deadline_slack);
    resolving = stuck.chat_async(question());
  }
}

TEST_F(AsyncResolve, Row6DeadIpv6CostsAtMost300ms) {
  const NameServer name_server(NameServer::Answer::dual_loopback);
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer server(answer_hello, &tls);
  const BlackHole dead("::1", server.port());
  for (const bool blocking : {false, true}) {
    const ChatClient client = tls_client(authority, server.port());
    const auto start = SteadyClock::now();
    const auto reply = blocking ? client.chat(question()) : result_of(client.chat_async(question()));
    const auto elapsed = SteadyClock::now() - start;
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->attempts(), 1);
    EXPECT_GE(elapsed, milliseconds(100)) << "the dead address was not tried";
    EXPECT_LE(elapsed, milliseconds(300) * slowdown);
  }
}

TEST_F(AsyncResolve, Row55LinkThatGoesDownIsAnIdleTimeout) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    bool goes_on = connection.send(std::string(stream_head) + piece("once"));
    while (goes_on) goes_on = connection.pause(milliseconds(20)) && connection.send(piece("more"));
  });
  const ChatClient client = async_client(server.base_url());
  const chatopen::CallOptions call{.timeouts = {.idle = milliseconds(300)}};
  auto pushed = client.stream_async(
      question(), [](const ChatDelta&) {}, call);
  auto pulled = client.stream(question(), call);
  std::optional<Error> blocked;
  std::thread blocking([&] { blocked = client.chat(question(), call).error(); });
  EXPECT_TRUE(log_->wait_for_first_deltas(3));
  const auto start = SteadyClock::now();
  ASSERT_TRUE(set_loopback(false));
  const Error errors[] = {error_of(std::move(pushed)), pulled.finish().error()};
  blocking.join();
  const auto elapsed = SteadyClock::now() - start;
  EXPECT_TRUE(set_loopback(true));
  for (const Error& error : {errors[0], errors[1], *blocked}) {
    EXPECT_EQ(error.kind, ErrorKind::timeout) << error;
    EXPECT_THAT(error.message, HasSubstr("idle"));
    EXPECT_TRUE(error.maybe_processed);
  }
  EXPECT_GE(elapsed, milliseconds(250));
  EXPECT_LE(elapsed, milliseconds(300) + deadline_slack);
}

}  // namespace
}  // namespace integration
