#include "fault_matrix.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace integration {
namespace {

using chatopen::BodyEnd;
using chatopen::BodySource;
using chatopen::CurlOptions;
using chatopen::CurlTransport;
using chatopen::HttpHeader;
using chatopen::HttpRequest;
using chatopen::ResponseSink;
using chatopen::SinkAction;
using chatopen::Transport;
using chatopen::TransportFailure;
using chatopen::TransportOutcome;

class RecordingSink : public ResponseSink {
 public:
  SinkAction on_head(int status, const std::vector<HttpHeader>& headers) override {
    ++heads;
    last_status = status;
    last_headers = headers;
    return after_head;
  }
  SinkAction on_body(std::string_view bytes) override {
    body += bytes;
    return after_body;
  }

  SinkAction after_head = SinkAction::proceed;
  SinkAction after_body = SinkAction::proceed;
  int heads = 0;
  int last_status = 0;
  std::vector<HttpHeader> last_headers;
  std::string body;
};

/// The contract of `Transport::perform`, which clients hide in part.
class CurlTransportPerform : public FaultMatrix {
 protected:
  void TearDown() override {
    transport_.reset();
    FaultMatrix::TearDown();
  }

  static HttpRequest request_to(const RawServer& server, std::string method = "POST", chatopen::Body body = {}) {
    return {.method = std::move(method),
            .url = server.base_url() + "/path",
            .body = std::move(body),
            .timeouts = {milliseconds(10'000), milliseconds(10'000), milliseconds(10'000), milliseconds(20'000)}};
  }
  TransportOutcome perform(const HttpRequest& request) { return transport_->perform(request, sink_, {}); }
  TransportOutcome perform(const RawServer& server) { return perform(request_to(server)); }

  std::shared_ptr<Transport> transport_ = curl({});
  RecordingSink sink_;
};

/// Answers each request with these bytes, and then ends the connection or goes on.
RawServer answering(std::string bytes, bool keep = false) {
  return RawServer([bytes = std::move(bytes), keep](Connection& connection) {
    while (connection.read_request() && connection.send(bytes) && keep) {
    }
  });
}

TEST_F(CurlTransportPerform, DeliversHeadThenBody) {
  RawServer server = answering("HTTP/1.1 201 Created\r\nA: b\r\nContent-Length: 2\r\n\r\nok");
  const TransportOutcome outcome = perform(server);
  EXPECT_FALSE(outcome.failure) << outcome.message;
  EXPECT_TRUE(outcome.request_bytes_written);
  EXPECT_EQ(outcome.body_end, BodyEnd::proven);
  EXPECT_EQ(sink_.heads, 1);
  EXPECT_EQ(sink_.last_status, 201);
  ASSERT_EQ(sink_.last_headers.size(), 2U);
  EXPECT_EQ(sink_.last_headers[0].value, "b");
  EXPECT_EQ(sink_.body, "ok");
}

TEST_F(CurlTransportPerform, SaysHowTheEndOfTheBodyIsKnown) {
  const auto end_of = [this](std::string reply, std::string method = "POST") {
    RawServer server = answering(std::move(reply));
    const TransportOutcome outcome = perform(request_to(server, std::move(method)));
    EXPECT_FALSE(outcome.failure) << outcome.message;
    return outcome.body_end;
  };
  EXPECT_EQ(end_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), BodyEnd::proven);
  EXPECT_EQ(end_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), BodyEnd::proven);
  EXPECT_EQ(end_of("HTTP/1.1 204 No Content\r\n\r\n"), BodyEnd::proven);
  EXPECT_EQ(end_of("HTTP/1.1 200 OK\r\n\r\n", "HEAD"), BodyEnd::proven);
  EXPECT_EQ(end_of("HTTP/1.1 200 OK\r\n\r\nok"), BodyEnd::connection_closed);
}

TEST_F(CurlTransportPerform, FailsWhenTheConnectionClosesInTheHead) {
  for (const char* reply : {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "HTTP/1.1 200 OK\r\nA: b", "HTTP/1.1 20"}) {
    RawServer server = answering(reply);
    EXPECT_EQ(perform(server).failure, TransportFailure::connection_reset) << reply;
  }
  EXPECT_EQ(sink_.heads, 0);
}

// libcurl sends a request without a body again without asking to rewind anything.
TEST_F(CurlTransportPerform, DoesNotSendARequestWithoutABodyAgain) {
  for (const char* method : {"GET", "POST", "DELETE"}) {
    RawServer server([](Connection& connection) {
      if (connection.read_request()) connection.reply("200 OK", "ok");
      connection.read_request();
    });
    ASSERT_FALSE(perform(request_to(server, method)).failure);
    const TransportOutcome outcome = perform(request_to(server, method));
    EXPECT_EQ(outcome.failure, TransportFailure::connection_reset) << method;
    EXPECT_TRUE(outcome.request_bytes_written);
    EXPECT_EQ(server.requests().size(), 2U) << method;
  }
}

TEST_F(CurlTransportPerform, KnowsThatNothingWasWrittenWithoutAConnection) {
  const DeadPort port;
  const TransportOutcome outcome = perform({.url = "http://" + port.authority() + "/"});
  EXPECT_EQ(outcome.failure, TransportFailure::connect);
  EXPECT_FALSE(outcome.request_bytes_written);
}

TEST_F(CurlTransportPerform, StopsAndClosesTheConnection) {
  RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true);
  for (const bool in_head : {true, false}) {
    sink_.after_head = in_head ? SinkAction::stop : SinkAction::proceed;
    sink_.after_body = SinkAction::stop;
    const TransportOutcome outcome = perform(server);
    EXPECT_TRUE(outcome.stopped);
    EXPECT_FALSE(outcome.failure) << outcome.message;
    EXPECT_EQ(outcome.body_end, BodyEnd::none);
    EXPECT_TRUE(server.wait_for_closed_connections());
  }
}

TEST_F(CurlTransportPerform, TakesAPauseForAProceed) {
  RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  sink_.after_head = sink_.after_body = SinkAction::pause;
  EXPECT_FALSE(perform(server).failure);
  EXPECT_EQ(sink_.body, "ok");
}

TEST_F(CurlTransportPerform, LetsTheSinksExceptionThrough) {
  class ThrowingSink : public RecordingSink {
   public:
    explicit ThrowingSink(bool in_head) : in_head_(in_head) {}
    SinkAction on_head(int, const std::vector<HttpHeader>&) override {
      if (in_head_) throw std::string("thrown");
      return SinkAction::proceed;
    }
    SinkAction on_body(std::string_view) override { throw std::string("thrown"); }

   private:
    bool in_head_;
  };
  RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true);
  for (const bool in_head : {true, false}) {
    ThrowingSink sink(in_head);
    EXPECT_THROW(static_cast<void>(transport_->perform(request_to(server), sink, {})), std::string);
  }
  EXPECT_FALSE(perform(server).failure);
}

class TextSource : public BodySource {
 public:
  TextSource(std::string text, std::optional<std::uint64_t> size) : text_(std::move(text)), size_(size) {}
  std::optional<std::uint64_t> size() const noexcept override { return size_; }
  chatopen::Result<std::size_t> read(char* into, std::size_t capacity) override {
    if (text_.empty() && fail_at_end) {
      return chatopen::Error{.kind = chatopen::ErrorKind::io, .message = "the file shrank"};
    }
    const std::size_t length = std::min({text_.size(), capacity, std::size_t{1000}});
    text_.copy(into, length);
    text_.erase(0, length);
    return length;
  }
  bool rewind() noexcept override { return false; }

  bool fail_at_end = false;

 private:
  std::string text_;
  std::optional<std::uint64_t> size_;
};

std::shared_ptr<BodySource> source_of(std::string text, std::optional<std::uint64_t> size) {
  return std::make_shared<TextSource>(std::move(text), size);
}

TEST_F(CurlTransportPerform, SendsABodyFromASourceOfKnownSize) {
  const std::string text(200'000, 'x');
  RawServer server(answer_hello);
  EXPECT_FALSE(perform(request_to(server, "POST", source_of(text, text.size()))).failure);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].body, text);
  EXPECT_EQ(server.requests()[0].header("transfer-encoding"), "");
}

TEST_F(CurlTransportPerform, SendsABodyFromASourceOfUnknownSizeInChunks) {
  RawServer server([](Connection& connection) {
    connection.read_head();
    while (!connection.received().ends_with("\r\n0\r\n\r\n") && connection.read_bytes(1)) {
    }
    connection.reply("200 OK", "ok");
  });
  EXPECT_FALSE(perform(request_to(server, "POST", source_of("hello", std::nullopt))).failure);
  EXPECT_THAT(server.received(), ::testing::HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(server.received(), ::testing::EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
}

TEST_F(CurlTransportPerform, FailsWithTheSourcesError) {
  RawServer server(answer_hello);
  const auto source = std::make_shared<TextSource>("hello", 10);
  source->fail_at_end = true;
  const TransportOutcome outcome = perform(request_to(server, "POST", source));
  EXPECT_EQ(outcome.failure, TransportFailure::request_body);
  EXPECT_EQ(outcome.message, "the file shrank");
  EXPECT_TRUE(outcome.request_bytes_written);
}

TEST_F(CurlTransportPerform, FailsWhenTheSourceEndsBeforeItsSize) {
  RawServer server(answer_hello);
  const TransportOutcome outcome = perform(request_to(server, "POST", source_of("hello", 10)));
  EXPECT_EQ(outcome.failure, TransportFailure::request_body);
}

TEST_F(CurlTransportPerform, SendsNoMoreOfASourceThanItsSize) {
  RawServer server(answer_hello);
  EXPECT_FALSE(perform(request_to(server, "POST", source_of("hello world", 5))).failure);
  EXPECT_EQ(server.requests().at(0).body, "hello");
}

TEST_F(CurlTransportPerform, RefusesWhatWouldBreakTheRequest) {
  RawServer server(answer_hello);
  const auto refused = [this](const HttpRequest& request) {
    const TransportOutcome outcome = perform(request);
    EXPECT_FALSE(outcome.request_bytes_written);
    return outcome.failure == TransportFailure::invalid_request;
  };
  EXPECT_TRUE(refused(request_to(server, "PO ST")));
  EXPECT_TRUE(refused(request_to(server, "GET / HTTP/1.1\r\nA:")));
  for (const HttpHeader& header : {HttpHeader{"A", "b\r\nX: y"}, HttpHeader{"A", std::string("b\0c", 3)},
                                   HttpHeader{"A\n", "b"}, HttpHeader{"", "b"}, HttpHeader{"A:", "b"},
                                   HttpHeader{"Content-Length", "1"}, HttpHeader{"transfer-encoding", "chunked"}}) {
    HttpRequest request = request_to(server);
    request.headers = {header};
    EXPECT_TRUE(refused(request)) << header.name;
  }
  for (const std::string& url : {std::string("ftp://127.0.0.1/"), "http://user@" + server.authority() + "/",
                                 server.base_url() + "/a b", server.base_url() + "/\r\nX: y", std::string()}) {
    HttpRequest request = request_to(server);
    request.url = url;
    EXPECT_TRUE(refused(request)) << url;
  }
  EXPECT_EQ(server.received(), "");
}

TEST_F(CurlTransportPerform, SendsWhatItIsGivenAndLittleElse) {
  RawServer server(answer_hello);
  HttpRequest request = request_to(server, "PUT", std::string("body"));
  request.url = server.base_url() + "/a/../b?c=%2f";
  request.headers = {{"X-Empty", ""}, {"X-Full", "y"}};
  ASSERT_FALSE(perform(request).failure);
  ASSERT_EQ(server.requests().size(), 1U);
  const WireRequest sent = server.requests()[0];
  EXPECT_EQ(sent.line, "PUT /a/../b?c=%2f HTTP/1.1");
  EXPECT_EQ(sent.body, "body");
  std::vector<std::string> names;
  for (const auto& [name, value] : sent.headers) names.push_back(name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("Host", "User-Agent", "Accept", "Accept-Encoding", "X-Empty",
                                                     "X-Full", "Content-Length"));
}

TEST_F(CurlTransportPerform, ReplacesItsOwnHeadersByThoseOfTheRequest) {
  RawServer server(answer_hello);
  HttpRequest request = request_to(server);
  request.headers = {{"user-agent", "mine"}, {"accept-encoding", "identity"}};
  ASSERT_FALSE(perform(request).failure);
  EXPECT_EQ(server.requests().at(0).header("user-agent"), "mine");
  EXPECT_THAT(server.received(), ::testing::Not(::testing::HasSubstr("chatopen/")));
  EXPECT_THAT(server.received(), ::testing::Not(::testing::HasSubstr("gzip")));
}

TEST_F(CurlTransportPerform, TakesNoLimitForZero) {
  RawServer server(answer_hello);
  HttpRequest request = request_to(server);
  request.timeouts = {milliseconds(0), milliseconds(0), milliseconds(0), milliseconds(0)};
  EXPECT_FALSE(perform(request).failure);
  request.timeouts = {milliseconds::max(), milliseconds::max(), milliseconds::max(), milliseconds::max()};
  EXPECT_FALSE(perform(request).failure);
}

TEST_F(CurlTransportPerform, KeepsNoMoreConnectionsThanAllowed) {
  RawServer server(answer_hello);
  transport_ = curl({.max_idle_connections = 0});
  EXPECT_FALSE(perform(server).failure);
  EXPECT_FALSE(perform(server).failure);
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_F(CurlTransportPerform, ReportsARefusalWhoseConnectionIsReset) {
  RawServer server([](Connection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 413 Content Too Large\r\n\r\ntoo large");
    connection.wait_until_read();
    connection.reset();
  });
  const TransportOutcome outcome = perform(request_to(server, "POST", std::string(100, 'x')));
  EXPECT_FALSE(outcome.failure) << outcome.message;
  EXPECT_EQ(outcome.body_end, BodyEnd::connection_closed);
  EXPECT_EQ(sink_.last_status, 413);
  EXPECT_EQ(sink_.body, "too large");
}

TEST_F(CurlTransportPerform, DoesNotCountTheSinksTimeAsIdle) {
  static constexpr milliseconds idle(500);
  class SlowSink : public RecordingSink {
   public:
    SinkAction on_body(std::string_view bytes) override {
      std::this_thread::sleep_for(idle + milliseconds(100));
      return RecordingSink::on_body(bytes);
    }
  };
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    connection.wait_until_read();
    // libcurl reads once more after the sink returns, so that a piece which is there by then proves nothing.
    connection.pause(idle + milliseconds(250));
    connection.send("k");
    connection.wait_for_close();
  });
  HttpRequest request = request_to(server);
  request.timeouts.idle = idle;
  SlowSink sink;
  const TransportOutcome outcome = transport_->perform(request, sink, {});
  EXPECT_FALSE(outcome.failure) << outcome.message;
  EXPECT_EQ(sink.body, "ok");
}

// The server may close the connection a moment later, and so break the next call.
TEST_F(CurlTransportPerform, DoesNotReuseAConnectionOnWhichABodyWasTooLarge) {
  RawServer server = answering("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno", true);
  EXPECT_FALSE(perform(server).failure);
  EXPECT_FALSE(perform(server).failure);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(CurlTransportPerform, LeavesTheParentsConnectionsAloneInAChild) {
  RawServer server(answer_hello);
  EXPECT_FALSE(perform(server).failure);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(perform(server).failure ? 1 : 0);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(perform(server).failure);
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(CurlTransportPerform, LeavesSigpipeAsItWasWhenManyThreadsCloseConnections) {
  ASSERT_NE(::signal(SIGPIPE, SIG_DFL), SIG_ERR);
  RawServer server(answer_hello);
  CurlOptions options;
  options.max_idle_connections = 0;
  transport_ = curl(options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, &server] {
      for (int call = 0; call < 100; ++call) {
        RecordingSink sink;
        const TransportOutcome outcome = transport_->perform(request_to(server), sink, {});
        EXPECT_FALSE(outcome.failure) << outcome.message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  struct sigaction after = {};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &after), 0);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
}

}  // namespace
}  // namespace integration
