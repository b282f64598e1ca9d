#include "h2_connection.hpp"
#include "http2_matrix.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Result;
using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string event(std::string_view text) {
  return "data: {\"choices\":[{\"delta\":{\"content\":\"" + std::string(text) + "\"}}]}\n\n";
}

/// A server whose every frame a script decides.
class FaultMatrixHttp2 : public Http2Matrix {
 protected:
  using Http2Script = std::function<void(H2Connection&, std::size_t index)>;

  FaultMatrixHttp2() { tls_.choose_http_2(); }

  /// The script gets connections that have begun. Behind it every request is answered.
  static Script http2(Http2Script script, std::optional<std::uint32_t> max_concurrent_streams = std::nullopt) {
    return [script = std::move(script), max_concurrent_streams](Connection& connection) {
      H2Connection peer(connection);
      if (!peer.start(max_concurrent_streams)) return;
      script(peer, connection.index());
      answer_all(peer);
    };
  }
  static void answer_all(H2Connection& peer) {
    while (const std::uint32_t stream = peer.read_request()) peer.reply(stream);
  }
  /// In the order of their streams, in which they need not be complete. All 0 when the peer closes.
  static std::vector<std::uint32_t> read_requests(H2Connection& peer, std::size_t count) {
    std::vector<std::uint32_t> streams;
    while (streams.size() < count) {
      streams.push_back(peer.read_request());
      if (streams.back() == 0) return std::vector<std::uint32_t>(count);
    }
    std::sort(streams.begin(), streams.end());
    return streams;
  }

  [[nodiscard]] ChatClient client_of(const RawServer& server, chatopen::CurlOptions curl_options = {}) const {
    return Http2Matrix::client_of("https://" + server.authority(), std::move(curl_options));
  }
  /// Not retried, because it may have been processed.
  static Error expect_ambiguous(Result<ChatReply> reply) {
    if (reply) {
      ADD_FAILURE() << "the call succeeded";
      return {};
    }
    EXPECT_EQ(reply.error().attempts, 1) << reply.error();
    EXPECT_TRUE(reply.error().maybe_processed) << reply.error();
    return reply.error();
  }

  TlsContext tls_{authority_.issue()};
};

TEST_F(FaultMatrixHttp2, HundredCallsAtOnceShareOneConnection) {
  constexpr std::size_t calls = 100;
  // Nothing is answered before all are there.
  RawServer server(http2([](H2Connection& peer, std::size_t) {
                     for (const std::uint32_t stream : read_requests(peer, calls)) peer.reply(stream);
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  for (auto& call : ask(client, calls)) expect_hello(std::move(call).get());
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FaultMatrixHttp2, Row51GoawayLetsTheStreamsBelowItFinish) {
  RawServer server(http2([](H2Connection& peer, std::size_t index) {
                     if (index > 0) return;
                     const std::vector<std::uint32_t> streams = read_requests(peer, 4);
                     if (streams.back() == 0) return;
                     peer.go_away(streams[1]);
                     peer.reply(streams[0]);
                     peer.reply(streams[1]);
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  std::size_t finished = 0;
  for (auto& call : ask(client, 4)) {
    Result<ChatReply> reply = std::move(call).get();
    if (reply) {
      ++finished;
    } else {
      // On a shared connection libcurl does not tell it from one that died.
      EXPECT_EQ(expect_ambiguous(std::move(reply)).kind, ErrorKind::connection);
    }
  }
  EXPECT_EQ(finished, 2U);
  expect_hello(client.chat_async(question()).get());
}

TEST_F(FaultMatrixHttp2, Row51ConnectionAfterGoawayIsNotReused) {
  RawServer server(http2([](H2Connection& peer, std::size_t index) {
                     if (index > 0) return;
                     const std::uint32_t stream = peer.read_request();
                     peer.go_away(stream);
                     peer.reply(stream);
                     peer.wait_for_close();
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  expect_hello(client.chat_async(question()).get());
  expect_hello(client.chat_async(question()).get());
  EXPECT_EQ(server.connections(), 2U);
}

// libcurl sees a connection with nothing left to do, which proves nothing.
TEST_F(FaultMatrixHttp2, Row51GoawayThatLeavesNoStreamIsAConnectionError) {
  RawServer server(http2([](H2Connection& peer, std::size_t) {
                     static_cast<void>(peer.read_request());
                     peer.go_away(0);
                   }),
                   &tls_);
  for (const bool asynchronous : {false, true}) {
    const ChatClient client = client_of(server);
    const Error error = expect_ambiguous(asynchronous ? client.chat_async(question()).get() : client.chat(question()));
    EXPECT_EQ(error.kind, ErrorKind::connection) << error;
  }
}

TEST_F(FaultMatrixHttp2, Row52RefusedFirstStreamOfABlockingCallIsRetried) {
  RawServer server(http2([](H2Connection& peer, std::size_t index) {
                     if (index == 0) peer.reset_stream(peer.read_request(), H2Error::refused_stream);
                   }),
                   &tls_);
  const auto reply = client_of(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(FaultMatrixHttp2, Row52RefusedFirstStreamIsKnownNotToBeProcessed) {
  RawServer server(
      http2([](H2Connection& peer, std::size_t) { peer.reset_stream(peer.read_request(), H2Error::refused_stream); }),
      &tls_);
  const Error error = failure(client_of(server), {.retry = chatopen::RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::connection);
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_THAT(error.detail, HasSubstr("refused the stream"));
}

// What libcurl shows of both is the same, so that both count as ambiguous.
TEST_F(FaultMatrixHttp2, Row52RefusedStreamOnAReusedConnectionLooksLikeADeadOne) {
  for (const bool asynchronous : {false, true}) {
    std::vector<Error> errors;
    for (const bool dead : {false, true}) {
      RawServer server(
          [&](Connection& connection) {
            H2Connection peer(connection);
            if (!peer.start()) return;
            if (connection.index() == 0) {
              peer.reply(peer.read_request());
              const std::uint32_t stream = peer.read_request();
              if (dead) return connection.reset();
              peer.reset_stream(stream, H2Error::refused_stream);
            }
            answer_all(peer);
          },
          &tls_);
      const ChatClient client = client_of(server);
      const auto chat = [&] { return asynchronous ? client.chat_async(question()).get() : client.chat(question()); };
      expect_hello(chat());
      errors.push_back(expect_ambiguous(chat()));
    }
    EXPECT_EQ(errors[0].kind, ErrorKind::connection);
    EXPECT_EQ(errors[0].detail, errors[1].detail);
  }
}

TEST_F(FaultMatrixHttp2, Row52RefusedStreamLeavesItsSiblingsAlone) {
  RawServer server(http2([](H2Connection& peer, std::size_t index) {
                     if (index > 0) return;
                     const std::vector<std::uint32_t> streams = read_requests(peer, 3);
                     if (streams.back() == 0) return;
                     peer.reset_stream(streams[1], H2Error::refused_stream);
                     peer.reply(streams[0]);
                     peer.reply(streams[2]);
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  std::size_t finished = 0;
  for (auto& call : ask(client, 3)) {
    Result<ChatReply> reply = std::move(call).get();
    reply ? static_cast<void>(++finished) : static_cast<void>(expect_ambiguous(std::move(reply)));
  }
  EXPECT_EQ(finished, 2U);
}

TEST_F(FaultMatrixHttp2, Row53StreamResetBeforeTheReplyIsAConnectionError) {
  for (const H2Error code : {H2Error::internal_error, H2Error::cancel, H2Error::no_error}) {
    RawServer server(http2([=](H2Connection& peer, std::size_t) { peer.reset_stream(peer.read_request(), code); }),
                     &tls_);
    for (const bool asynchronous : {false, true}) {
      const ChatClient client = client_of(server);
      const Error error =
          expect_ambiguous(asynchronous ? client.chat_async(question()).get() : client.chat(question()));
      EXPECT_EQ(error.kind, ErrorKind::connection) << error;
      EXPECT_THAT(error.detail, HasSubstr("HTTP/2 stream 1 was "));
    }
  }
}

TEST_F(FaultMatrixHttp2, Row53StreamResetInTheReplyIsTruncatedAndLeavesItsSiblingsAlone) {
  for (const H2Error code : {H2Error::internal_error, H2Error::cancel, H2Error::refused_stream}) {
    RawServer server(http2([&](H2Connection& peer, std::size_t) {
                       const std::uint32_t reset = peer.read_request();
                       peer.send_head(reset, "text/event-stream");
                       peer.send_body(reset, event("one"), false);
                       // It comes when that is delivered; a reset would overtake what libcurl has not handed over.
                       const std::uint32_t whole = peer.read_request();
                       peer.send_head(whole, "text/event-stream");
                       peer.send_body(whole, event("one"), false);
                       peer.reset_stream(reset, code);
                       peer.send_body(whole, event("two") + "data: [DONE]\n\n", true);
                     }),
                     &tls_);
    const ChatClient client = client_of(server);
    std::latch delivered(1);
    std::string text;
    auto reset = client.stream_async(question(), [&](const ChatDelta& delta) {
      text += delta.text;
      delivered.count_down();
    });
    delivered.wait();
    auto sibling = client.stream_async(question(), [](const ChatDelta&) {});
    const Error error = expect_ambiguous(std::move(reset).get());
    EXPECT_EQ(error.kind, ErrorKind::truncated) << error;
    EXPECT_EQ(text, "one");
    const Result<ChatReply> whole = std::move(sibling).get();
    ASSERT_TRUE(whole) << whole.error();
    EXPECT_EQ(whole->text(), "onetwo");
    EXPECT_EQ(server.connections(), 1U);
  }
}

// libcurl takes a reset without an error for the end of the reply, which then shows by its JSON alone that it was cut.
TEST_F(FaultMatrixHttp2, Row53StreamResetWithoutAnErrorInTheReplyIsNoSuccess) {
  RawServer server(http2([](H2Connection& peer, std::size_t) {
                     const std::uint32_t stream = peer.read_request();
                     peer.send_head(stream, "application/json");
                     peer.send_body(stream, hello.substr(0, 20), false);
                     peer.reset_stream(stream, H2Error::no_error);
                   }),
                   &tls_);
  for (const bool asynchronous : {false, true}) {
    const ChatClient client = client_of(server);
    expect_ambiguous(asynchronous ? client.chat_async(question()).get() : client.chat(question()));
  }
}

TEST_F(FaultMatrixHttp2, CancelledStreamIsResetAndLeavesItsSiblingsAlone) {
  std::size_t resets = 0;
  RawServer server(http2([&](H2Connection& peer, std::size_t) {
                     const std::uint32_t dropped = peer.read_request();
                     peer.send_head(dropped, "text/event-stream");
                     peer.send_body(dropped, event("one"), false);
                     const std::uint32_t sibling = peer.read_request();
                     // Comes behind the reset of the first.
                     const std::uint32_t third = peer.read_request();
                     resets = peer.resets();
                     peer.reply(sibling);
                     peer.reply(third);
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  std::optional<chatopen::ChatStream> dropped(client.stream(question()));
  ASSERT_NE(dropped->next(), nullptr);
  auto sibling = client.chat_async(question());
  dropped.reset();
  expect_hello(client.chat_async(question()).get());
  expect_hello(std::move(sibling).get());
  EXPECT_EQ(resets, 1U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FaultMatrixHttp2, Row54OneStreamAtATimeIsNeverExceeded) {
  constexpr std::size_t calls = 20;
  std::atomic<int> most = 0;
  RawServer server(http2(
                       [&](H2Connection& peer, std::size_t) {
                         while (const std::uint32_t stream = peer.read_request()) {
                           most = std::max(most.load(), peer.open_streams());
                           peer.reply(stream);
                         }
                       },
                       1),
                   &tls_);
  const ChatClient client = client_of(server, {.max_connections_per_host = 1});
  // With its reply comes the server's limit, if not before.
  expect_hello(client.chat_async(question()).get());
  for (auto& call : ask(client, calls)) expect_hello(std::move(call).get());
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(most, 1);
}

// Without a limit on connections, libcurl opens another rather than wait.
TEST_F(FaultMatrixHttp2, Row54OneStreamAtATimeIsManyConnectionsWhereTheyAreAllowed) {
  RawServer server(http2([](H2Connection&, std::size_t) {}, 1), &tls_);
  const ChatClient client = client_of(server);
  for (auto& call : ask(client, 8)) expect_hello(std::move(call).get());
}

TEST_F(FaultMatrixHttp2, Row54WaitingForAStreamCountsTowardsTheTotalDeadlineOnly) {
  constexpr milliseconds phase_limit = milliseconds(400) * slowdown;
  std::latch held_is_there(1);
  std::latch held_long_enough(1);
  RawServer server(http2(
                       [&](H2Connection& peer, std::size_t) {
                         peer.reply(peer.read_request());
                         const std::uint32_t held = peer.read_request();
                         held_is_there.count_down();
                         held_long_enough.wait();
                         peer.reply(held);
                       },
                       1),
                   &tls_);
  const ChatClient client = client_of(server, {.max_connections_per_host = 1});
  expect_hello(client.chat_async(question()).get());
  auto held = client.chat_async(question());
  held_is_there.wait();
  auto patient = client.chat_async(question(), {.timeouts = {.connect = phase_limit, .first_byte = phase_limit}});
  const auto start = std::chrono::steady_clock::now();
  auto hurried = client.chat_async(question(), {.timeouts = {.total = milliseconds(150)}});
  const Result<ChatReply> late = std::move(hurried).get();
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_FALSE(patient.wait_for(phase_limit + milliseconds(100)));
  held_long_enough.count_down();
  expect_hello(std::move(held).get());
  expect_hello(std::move(patient).get());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::timeout) << late.error();
  EXPECT_FALSE(late.error().maybe_processed);
  EXPECT_LE(elapsed, milliseconds(150) + deadline_slack);
}

// Its pieces stay in libcurl, at most a stream's window (32 MiB), while siblings keep the connection busy.
TEST_F(FaultMatrixHttp2, SlowReaderOfAStreamDoesNotHoldUpItsSiblings) {
  constexpr std::size_t pieces = 2000;
  const std::string text(1000, 'x');
  RawServer server(http2([&](H2Connection& peer, std::size_t) {
                     const std::uint32_t unread = peer.read_request();
                     peer.send_head(unread, "text/event-stream");
                     for (std::size_t i = 0; i < pieces; ++i) peer.send_body(unread, event(text), false);
                     for (int i = 0; i < 5; ++i) peer.reply(peer.read_request());
                     peer.send_body(unread, "data: [DONE]\n\n", true);
                   }),
                   &tls_);
  const ChatClient client = client_of(server);
  chatopen::ChatStream stream = client.stream(question());
  ASSERT_NE(stream.next(), nullptr);
  for (int i = 0; i < 5; ++i) expect_hello(client.chat_async(question()).get());
  const Result<ChatReply> whole = stream.finish();
  ASSERT_TRUE(whole) << whole.error();
  EXPECT_EQ(whole->text().size(), pieces * text.size());
  EXPECT_EQ(server.connections(), 1U);
}

}  // namespace
}  // namespace integration
