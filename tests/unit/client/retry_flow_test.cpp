#include "client_fixture.hpp"
#include "stream_pieces.hpp"

#include <chatopen/observer.hpp>

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class RetryFlow : public ClientOverMock {};

TEST_F(RetryFlow, RetriesWhatWasNotProcessed) {
  mock->fail(TransportFailure::connect);
  mock->fail(TransportFailure::resolve);
  mock->reply({.body = hi_envelope});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->attempts(), 3);
  EXPECT_THAT(clock->sleeps(), ElementsAre(500ms, 1000ms));
}

TEST_F(RetryFlow, GivesUpAfterTheLastRetry) {
  for (int i = 0; i < 5; ++i) mock->fail(TransportFailure::connect);
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::connect);
  EXPECT_EQ(reply.error().attempts, 3);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_EQ(mock->remaining(), 2u);
}

TEST_F(RetryFlow, ObeysRetryAfter) {
  mock->reply({.status = 429, .headers = {{"Retry-After", "2"}}});
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make().chat(question()));
  EXPECT_THAT(clock->sleeps(), ElementsAre(2000ms));
}

TEST_F(RetryFlow, ReportsARetryAfterThatIsTooLong) {
  mock->reply({.status = 503, .headers = {{"Retry-After", "3600"}}});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::server_error);
  EXPECT_EQ(reply.error().retry_after, 3'600'000ms);
  EXPECT_EQ(reply.error().attempts, 1);
  EXPECT_TRUE(clock->sleeps().empty());
}

TEST_F(RetryFlow, NeverBuysTwiceByDefault) {
  const auto fails_once = [&](ErrorKind kind) {
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, kind);
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().maybe_processed);
  };
  mock->fail(TransportFailure::connection_reset);
  fails_once(ErrorKind::connection);
  mock->fail(TransportFailure::first_byte_timeout);
  fails_once(ErrorKind::timeout);
  mock->reply_chunked({}, {"{\"code\""}, testing::MockStreamEnd::reset);
  fails_once(ErrorKind::truncated);
  for (const int status : {500, 502, 504}) {
    mock->reply({.status = status});
    fails_once(ErrorKind::server_error);
  }
  mock->reply({.status = 408});
  fails_once(ErrorKind::invalid_request);
  mock->reply({.body = "not JSON"});
  fails_once(ErrorKind::protocol);
}

TEST_F(RetryFlow, RetriesTheAmbiguousOnRequest) {
  mock->fail(TransportFailure::connection_reset);
  mock->reply({.status = 502});
  mock->reply({.body = hi_envelope});
  EXPECT_TRUE(make().chat(question(), {.retry = RetryPolicy{.retry_ambiguous = true}}));
}

TEST_F(RetryFlow, RemembersThatAnEarlierAttemptMayHaveBeenProcessed) {
  mock->fail(TransportFailure::connection_reset);
  mock->fail(TransportFailure::connect);
  const Result<ChatReply> reply =
      make().chat(question(), {.retry = RetryPolicy{.max_retries = 1, .retry_ambiguous = true}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::connect);
  EXPECT_TRUE(reply.error().maybe_processed);
}

TEST_F(RetryFlow, DoesNotRetryWhatTheServiceRefused) {
  for (const int status : {400, 401, 403, 404}) {
    mock->reply({.status = status});
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().http_status, status);
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_FALSE(reply.error().maybe_processed);
  }
}

TEST_F(RetryFlow, GivesAnEnvelopeCodeTheClassOfItsStatus) {
  mock->reply({.body = R"({"code":"429","msg":"busy"})"});
  mock->reply({.body = R"({"code":503,"msg":"busy"})"});
  mock->reply({.body = R"({"code":"502","msg":"bad gateway"})"});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::server_error);
  EXPECT_EQ(reply.error().attempts, 3);
  EXPECT_TRUE(reply.error().maybe_processed);
}

// A stream that the caller wanted as a whole: nothing was delivered, but the service had begun the work.
TEST_F(RetryFlow, NeverBuysTwiceWhatARefusalCutShort) {
  const std::string busy = R"(data:{"code":"429","msg":"busy"})"
                           "\n\n";
  for (const std::string& first : {answer_event("half an "), choice_event(R"({"delta":{"role":"assistant"}})")}) {
    mock->reply_stream({first, busy});
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::rate_limited);
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().maybe_processed);
  }
  mock->reply_stream({busy});
  mock->reply_stream({answer_event("hi"), done_event});
  EXPECT_EQ(make().chat(question()).value().attempts(), 2);
}

class DeltaCounter final : public Observer {
 public:
  void on_complete(const CallInfo&, const CallCompleted& event) noexcept override { deltas = event.deltas; }
  std::uint64_t deltas = 0;
};

TEST_F(RetryFlow, CountsThePiecesOfTheLastAttempt) {
  const auto counter = std::make_shared<DeltaCounter>();
  mock->reply_stream({answer_event("lost"), answer_event("lost")}, testing::MockStreamEnd::reset);
  mock->reply_stream({answer_event("hi"), done_event});
  ClientOptions observed = options();
  observed.observer = counter;
  observed.retry.retry_ambiguous = true;
  EXPECT_EQ(make(observed).chat(question()).value().text(), "hi");
  EXPECT_EQ(counter->deltas, 1u);
}

// Breaks once it was told that the reply is over.
class BreaksAtTheEnd final : public Transport {
 public:
  TransportOutcome perform(const HttpRequest&, ResponseSink& sink, const CancelToken&) override {
    static_cast<void>(sink.on_head(200, {{"Content-Type", "text/event-stream"}}));
    static_cast<void>(sink.on_body(answer_event("hi") + done_event));
    if (broken++ > 0) return {.stopped = true, .request_bytes_written = true};
    return {.failure = TransportFailure::truncated, .request_bytes_written = true};
  }
  int broken = 0;
};

TEST_F(RetryFlow, ForgetsThatABrokenAttemptSaidItWasOver) {
  ClientOptions over_it = options();
  over_it.transport = std::make_shared<BreaksAtTheEnd>();
  over_it.retry.retry_ambiguous = true;
  EXPECT_EQ(make(over_it).chat(question()).value().text(), "hi");
}

TEST_F(RetryFlow, DoesNotRetryAServiceCode) {
  mock->reply({.body = R"({"code":"1001","msg":"model offline","data":{"errorMessage":"try gpt-4o"}})"});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::api);
  EXPECT_EQ(reply.error().code, "1001");
  EXPECT_EQ(reply.error().message, "model offline");
  EXPECT_EQ(reply.error().detail, "try gpt-4o");
  EXPECT_EQ(reply.error().attempts, 1);
}

TEST_F(RetryFlow, CountsTheWaitsTowardsTheTotal) {
  for (int i = 0; i < 3; ++i) mock->reply({.status = 503, .headers = {{"Retry-After", "2"}}});
  const Result<ChatReply> reply = make().chat(question(), {.timeouts = {.total = 3s}});
  ASSERT_FALSE(reply);
  // The second wait would end past the deadline.
  EXPECT_EQ(reply.error().attempts, 2);
  EXPECT_THAT(clock->sleeps(), ElementsAre(2000ms));
}

// Cancels its own call as soon as a request arrives.
class CancellingTransport final : public Transport {
 public:
  explicit CancellingTransport(CancelSource source) : source_(std::move(source)) {}
  TransportOutcome perform(const HttpRequest&, ResponseSink&, const CancelToken&) override {
    source_.cancel();
    TransportOutcome outcome;
    outcome.failure = TransportFailure::connect;
    return outcome;
  }

 private:
  CancelSource source_;
};

TEST_F(RetryFlow, EndsTheWaitWhenCancelled) {
  CancelSource source;
  ClientOptions with = options();
  with.transport = std::make_shared<CancellingTransport>(source);
  const Result<ChatReply> reply = make(with).chat(question(), {.cancel = source.token()});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 1);
}

TEST_F(RetryFlow, ShowsNoCredentialThatTheServerSendsBack) {
  mock->reply(
      {.status = 400,
       .headers = {{"X-Request-Id", "id canary-secret-0815"}},
       .body = R"({"code":"400","msg":"bad key canary-secret-0815","data":{"errorMessage":"canary-id-4711"}})"});
  mock->reply({.status = 302, .headers = {{"Location", "https://evil.example/canary-secret-0815?k=canary-id-4711"}}});
  for (const ErrorKind kind : {ErrorKind::invalid_request, ErrorKind::redirect_refused}) {
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    const Error& error = reply.error();
    EXPECT_EQ(error.kind, kind);
    for (const std::string& text : {error.message, error.detail, error.request_id, error.body_snippet, error.code}) {
      EXPECT_THAT(text, Not(HasSubstr("canary")));
    }
  }
}

TEST_F(RetryFlow, KeepsOnlyTheBeginningOfAnErrorBody) {
  ClientOptions with = options();
  with.limits.max_error_body_bytes = 10;
  mock->reply({.status = 400, .body = "0123456789abcdef"});
  const Result<ChatReply> reply = make(with).chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::invalid_request);
  EXPECT_EQ(reply.error().body_snippet, "0123456789");
}

TEST_F(RetryFlow, ReportsAReplyThatIsTooLarge) {
  ClientOptions with = options();
  with.limits.max_reply_bytes = 10;
  mock->reply({.body = hi_envelope});
  const Result<ChatReply> reply = make(with).chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::too_large);
}

// What came until the connection closed may be the beginning of another number or word.
TEST_F(RetryFlow, TakesNoReplyForWholeWhoseEndNothingShows) {
  mock->reply_chunked({}, {"12"}, testing::MockStreamEnd::connection_closed);
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::truncated);
  EXPECT_TRUE(reply.error().maybe_processed);
  mock->reply_chunked({}, {hi_envelope}, testing::MockStreamEnd::connection_closed);
  EXPECT_TRUE(make().chat(question()));
}

TEST_F(RetryFlow, TakesUnfinishedJsonForCutWhereTheConnectionMerelyClosed) {
  for (const char* const body : {R"({"code":"200","data":{"answer":"cut)", R"({"data":{"answer":"}\"]"})",
                                 R"( [{"a":1},)", "\xEF\xBB\xBF{\"answer\":\"\xe4\xb8"}) {
    mock->reply_chunked({}, {body}, testing::MockStreamEnd::connection_closed);
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::truncated) << body;
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().maybe_processed);
    EXPECT_FALSE(reply.error().body_snippet.empty());
  }
  mock->reply_chunked({}, {R"({"code":)"}, testing::MockStreamEnd::connection_closed);
  mock->reply({.body = hi_envelope});
  EXPECT_TRUE(make().chat(question(), {.retry = RetryPolicy{.retry_ambiguous = true}}));
}

TEST_F(RetryFlow, TakesNoOtherBrokenBodyForCut) {
  for (const char* const body :
       {"<html><body>{", "", "tru", R"({"answer":"hi"}})", R"({"answer":}[)", R"(["\"[", x])", "{ \x11\""}) {
    mock->reply_chunked({}, {body}, testing::MockStreamEnd::connection_closed);
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().kind, ErrorKind::protocol) << body;
  }
  mock->reply({.body = R"({"code":)"});
  EXPECT_EQ(make().chat(question()).error().kind, ErrorKind::protocol) << "its end is proven";
}

TEST_F(RetryFlow, TellsWhatTheHeadSaidOfAReplyThatBroke) {
  const std::vector<HttpHeader> headers = {{"X-Request-Id", "r-1"}, {"Retry-After", "7"}};
  mock->reply_chunked({.headers = headers}, {R"({"code")"}, testing::MockStreamEnd::reset);
  mock->reply_chunked({.headers = headers}, {R"({"code")"}, testing::MockStreamEnd::stall);
  mock->reply_chunked({.headers = headers}, {R"({"code")"}, testing::MockStreamEnd::connection_closed);
  mock->reply_chunked({.headers = headers}, {"12"}, testing::MockStreamEnd::connection_closed);
  for (const ErrorKind kind : {ErrorKind::truncated, ErrorKind::timeout, ErrorKind::truncated, ErrorKind::truncated}) {
    const Result<ChatReply> reply = make().chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, kind);
    EXPECT_EQ(reply.error().http_status, 200);
    EXPECT_EQ(reply.error().request_id, "r-1");
    EXPECT_EQ(reply.error().retry_after, 7s);
  }
  mock->fail(TransportFailure::connection_reset);
  EXPECT_EQ(make().chat(question()).error().http_status, 0) << "no head came";
}

// Says how it failed, or that nothing failed, and nothing else.
class CarelessTransport final : public Transport {
 public:
  explicit CarelessTransport(TransportOutcome outcome) : outcome_(std::move(outcome)) {}
  TransportOutcome perform(const HttpRequest&, ResponseSink& sink, const CancelToken&) override {
    if (!outcome_.failure) {
      EXPECT_EQ(sink.on_head(200, {}), SinkAction::proceed);
      EXPECT_EQ(sink.on_body(hi_envelope), SinkAction::proceed);
    }
    return outcome_;
  }

 private:
  TransportOutcome outcome_;
};

TEST_F(RetryFlow, TakesNoReplyForWholeWhoseEndItsTransportDidNotSee) {
  ClientOptions with = options();
  with.transport = std::make_shared<CarelessTransport>(TransportOutcome{});
  const Result<ChatReply> reply = make(with).chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::truncated);
}

TEST_F(RetryFlow, LetsThePredicateHaveTheLastWord) {
  ClientOptions with = options();
  std::vector<ErrorKind> asked;
  with.retry.predicate = retry_if([&asked](const Error& error) {
    asked.push_back(error.kind);
    return error.http_status != 503;
  });
  mock->fail(TransportFailure::connect);
  mock->reply({.status = 503});
  const Result<ChatReply> reply = make(with).chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().http_status, 503);
  EXPECT_EQ(reply.error().attempts, 2);
  EXPECT_THAT(asked, ElementsAre(ErrorKind::connect, ErrorKind::server_error));
}

TEST_F(RetryFlow, TellsThePredicateWhatTheCallSoFarHasComeTo) {
  ClientOptions with = options();
  with.retry.retry_ambiguous = true;
  std::vector<std::pair<int, bool>> asked;
  with.retry.predicate = retry_if([&asked](const Error& error) {
    asked.emplace_back(error.attempts, error.maybe_processed);
    return true;
  });
  mock->fail(TransportFailure::connect);
  mock->reply({.status = 500});
  mock->reply({.status = 503});
  ASSERT_FALSE(make(with).chat(question()));
  EXPECT_THAT(asked, ElementsAre(Pair(1, false), Pair(2, true), Pair(3, true)));
}

TEST_F(RetryFlow, AsksNoPredicateAboutWhatIsNeverSentAgain) {
  ClientOptions with = options();
  with.retry.predicate = retry_if([](const Error&) {
    ADD_FAILURE() << "asked";
    return true;
  });
  mock->reply({.status = 400});
  EXPECT_EQ(make(with).chat(question()).error().attempts, 1);
  mock->reply({.status = 502});
  EXPECT_EQ(make(with).chat(question()).error().attempts, 1) << "not without RetryPolicy::retry_ambiguous";
}

TEST_F(RetryFlow, ShowsNoCredentialThatATransportRepeats) {
  ClientOptions with = options();
  with.transport = std::make_shared<CarelessTransport>(
      TransportOutcome{.failure = TransportFailure::protocol, .message = "bad header: canary-secret-0815"});
  const Result<ChatReply> reply = make(with).chat(question());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().detail, "bad header: [redacted]");
}

TEST_F(RetryFlow, LetsTheTransportSayWhatIsWrongWithItsSettings) {
  const Result<ChatReply> unscripted = make().chat(question());
  ASSERT_FALSE(unscripted);
  EXPECT_EQ(unscripted.error().kind, ErrorKind::configuration);
  EXPECT_EQ(unscripted.error().message, "the mock's script has no reply left for this request");
  EXPECT_EQ(unscripted.error().detail, "");

  for (const char* const words : {"the key canary-secret-0815 is none", ""}) {
    ClientOptions with = options();
    with.transport =
        std::make_shared<CarelessTransport>(TransportOutcome{.failure = TransportFailure::settings, .message = words});
    const Result<ChatReply> reply = make(with).chat(question());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().message,
              *words != 0 ? "the key [redacted] is none" : "the transport's own settings are unusable");
  }
}

TEST_F(RetryFlow, ShowsNoControlCharacterOfARequestId) {
  mock->reply({.headers = {{"X-Request-Id", "a\x1b[31m"}}, .body = hi_envelope});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_TRUE(reply);
  EXPECT_THAT(reply->request_id(), Not(HasSubstr("\x1b")));
}

TEST_F(RetryFlow, TakesTheRequestIdFromTheHeaders) {
  mock->reply({.headers = {{"x-request-id", "r-1"}}, .body = hi_envelope});
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->request_id(), "r-1");
}

}  // namespace
}  // namespace chatopen
