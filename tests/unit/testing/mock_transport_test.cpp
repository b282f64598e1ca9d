#include <chatopen/testing/mock_transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace chatopen::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class RecordingSink final : public ResponseSink {
 public:
  SinkAction on_head(int head_status, const std::vector<HttpHeader>& head_headers) override {
    EXPECT_TRUE(pieces.empty()) << "the head came after the body";
    status = head_status;
    headers = head_headers;
    return after_head;
  }
  SinkAction on_body(std::string_view bytes) override {
    pieces.emplace_back(bytes);
    return after_body;
  }

  SinkAction after_head = SinkAction::proceed;
  SinkAction after_body = SinkAction::proceed;
  int status = 0;
  std::vector<HttpHeader> headers;
  std::vector<std::string> pieces;
};

HttpRequest request() {
  return {.url = "https://x.example/chat?token=canary-query",
          .headers = {{"Content-Type", "application/json"}, {"X-Request-Req-Accesskeysecret", "canary-secret"}},
          .body = Body("canary-body"),
          .timeouts = {.connect = 1s, .first_byte = 2s, .idle = 3s, .total = 0s}};
}

class MockTransportTest : public ::testing::Test {
 protected:
  TransportOutcome run(const HttpRequest& with = request()) {
    sink_.pieces.clear();
    return mock_.perform(with, sink_, {});
  }
  MockTransport mock_;
  RecordingSink sink_;
};

TEST_F(MockTransportTest, PlaysItsScriptInOrder) {
  mock_.reply({.status = 201, .headers = {{"a", "b"}}, .body = "first"});
  mock_.fail(TransportFailure::connection_reset);
  EXPECT_EQ(run().failure, std::nullopt);
  EXPECT_EQ(sink_.status, 201);
  EXPECT_EQ(sink_.headers.at(0).name, "a");
  EXPECT_THAT(sink_.pieces, ElementsAre("first"));
  EXPECT_EQ(mock_.remaining(), 1u);
  EXPECT_EQ(run().failure, TransportFailure::connection_reset);
  EXPECT_EQ(mock_.remaining(), 0u);
}

TEST_F(MockTransportTest, SaysSoWhenTheScriptHasEnded) {
  const TransportOutcome outcome = run();
  EXPECT_EQ(outcome.failure, TransportFailure::settings);
  EXPECT_THAT(outcome.message, HasSubstr("no reply left"));
  EXPECT_FALSE(outcome.request_bytes_written);
}

TEST_F(MockTransportTest, KeepsTheSplitOfAStream) {
  mock_.reply_stream({"data:{\"co", "de\"}\n", "\n"});
  const TransportOutcome outcome = run();
  EXPECT_EQ(outcome.body_end, BodyEnd::proven);
  EXPECT_EQ(sink_.headers.at(0).value, "text/event-stream");
  EXPECT_THAT(sink_.pieces, ElementsAre("data:{\"co", "de\"}\n", "\n"));
}

TEST_F(MockTransportTest, EndsAsItIsTold) {
  mock_.reply_stream({"x"}, MockStreamEnd::connection_closed);
  EXPECT_EQ(run().body_end, BodyEnd::connection_closed);
  mock_.reply_stream({"x"}, MockStreamEnd::reset);
  EXPECT_EQ(run().failure, TransportFailure::truncated);
  mock_.reply_stream({"x"}, MockStreamEnd::stall);
  EXPECT_EQ(run().failure, TransportFailure::idle_timeout);
}

TEST_F(MockTransportTest, StallsUntilTheFirstDeadline) {
  mock_.stall();
  EXPECT_EQ(run().failure, TransportFailure::first_byte_timeout);
  HttpRequest hurried = request();
  hurried.timeouts.total = 1s;
  mock_.stall();
  EXPECT_EQ(run(hurried).failure, TransportFailure::total_timeout);
}

TEST_F(MockTransportTest, StopsWhenTheSinkDoes) {
  mock_.reply_stream({"a", "b"});
  sink_.after_body = SinkAction::stop;
  EXPECT_TRUE(run().stopped);
  EXPECT_THAT(sink_.pieces, ElementsAre("a"));
  mock_.reply_stream({"a"});
  sink_.after_head = SinkAction::stop;
  EXPECT_TRUE(run().stopped);
}

TEST_F(MockTransportTest, HoldsTheLimitOfTheReply) {
  HttpRequest limited = request();
  limited.limits.max_reply_bytes = 2;
  mock_.reply_stream({"ab", "c"});
  EXPECT_EQ(run(limited).failure, TransportFailure::body_too_large);
  EXPECT_THAT(sink_.pieces, ElementsAre("ab"));
}

TEST_F(MockTransportTest, TellsFailuresBeforeTheRequestFromThoseAfterIt) {
  mock_.fail(TransportFailure::resolve);
  EXPECT_FALSE(run().request_bytes_written);
  mock_.fail(TransportFailure::first_byte_timeout);
  EXPECT_TRUE(run().request_bytes_written);
}

TEST_F(MockTransportTest, RecordsWhatWasSent) {
  mock_.reply({});
  static_cast<void>(run());
  ASSERT_EQ(mock_.requests().size(), 1u);
  const RecordedRequest recorded = mock_.requests()[0];
  EXPECT_EQ(recorded.method, "POST");
  EXPECT_EQ(recorded.url, "https://x.example/chat?token=canary-query");
  EXPECT_EQ(recorded.body, "canary-body");
  EXPECT_EQ(recorded.timeouts.connect, 1s);
  EXPECT_EQ(recorded.timeouts.first_byte, 2s);
  EXPECT_EQ(recorded.timeouts.idle, 3s);
  EXPECT_EQ(recorded.timeouts.total, 0s);
  EXPECT_EQ(recorded.header("x-request-req-accesskeysecret"), "canary-secret");
  EXPECT_EQ(recorded.header("absent"), "");
}

TEST_F(MockTransportTest, PrintsRequestsWithoutSecrets) {
  mock_.reply({});
  static_cast<void>(run());
  std::ostringstream printed;
  printed << mock_.requests()[0];
  EXPECT_THAT(printed.str(), AllOf(HasSubstr("POST https://x.example/chat"), HasSubstr("application/json"),
                                   HasSubstr("X-Request-Req-Accesskeysecret: [redacted]"), Not(HasSubstr("canary"))));
}

// Hands out its text in pieces of three bytes, or fails.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::optional<Error> fault) : fault_(std::move(fault)) {}
  std::optional<std::uint64_t> size() const noexcept override { return text_.size(); }
  Result<std::size_t> read(char* into, std::size_t) override {
    if (fault_) return *fault_;
    const std::size_t count = std::min<std::size_t>(3, text_.size() - at_);
    std::copy_n(text_.data() + at_, count, into);
    at_ += count;
    return count;
  }
  bool rewind() noexcept override {
    at_ = 0;
    return true;
  }

 private:
  std::optional<Error> fault_;
  std::string text_ = "from a source";
  std::size_t at_ = 0;
};

TEST_F(MockTransportTest, ReadsABodyFromItsSource) {
  HttpRequest streamed = request();
  streamed.body = Body(std::make_shared<Pieces>(std::nullopt));
  EXPECT_EQ(streamed.body.size(), 13u);
  mock_.reply({});
  EXPECT_EQ(run(streamed).failure, std::nullopt);
  EXPECT_EQ(mock_.requests()[0].body, "from a source");
  EXPECT_TRUE(streamed.body.rewind());
}

TEST_F(MockTransportTest, FailsWithTheSource) {
  HttpRequest streamed = request();
  streamed.body = Body(std::make_shared<Pieces>(Error{.kind = ErrorKind::io, .message = "gone"}));
  mock_.reply({});
  const TransportOutcome outcome = run(streamed);
  EXPECT_EQ(outcome.failure, TransportFailure::request_body);
  EXPECT_EQ(outcome.message, "gone");
}

TEST_F(MockTransportTest, ReadsNoBodyWhenTheFailureComesBeforeIt) {
  HttpRequest streamed = request();
  streamed.body = Body(std::make_shared<Pieces>(std::nullopt));
  mock_.fail(TransportFailure::connect);
  EXPECT_EQ(run(streamed).failure, TransportFailure::connect);
  EXPECT_EQ(mock_.requests()[0].body, "");
}

}  // namespace
}  // namespace chatopen::testing
