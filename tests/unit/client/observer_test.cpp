#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <chatopen/observer.hpp>

#include <gmock/gmock.h>

#include <memory>
#include <mutex>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MockStreamEnd;
using ::testing::Not;

std::string shown(std::string_view text) {
  return text.empty() ? "-" : std::string(text);
}

// Writes down every field of every event, and keeps what the assertions look into.
class Recorder final : public Observer {
 public:
  void on_attempt(const CallInfo& call, const AttemptStarted& event) noexcept override {
    request_bytes = event.request_bytes;
    add(call, "attempt " + std::to_string(call.attempt));
  }
  void on_response_head(const CallInfo& call, const ResponseHead& event) noexcept override {
    std::string line = "head " + std::to_string(event.status);
    for (const HttpHeader& header : event.headers) line += " " + header.name + "=" + header.value;
    head_latency = event.latency;
    add(call, line);
  }
  void on_first_delta(const CallInfo& call, const FirstDelta& event) noexcept override {
    first_delta_latency = event.latency;
    add(call, "first delta");
  }
  void on_retry(const CallInfo& call, const RetryScheduled& event) noexcept override {
    std::ostringstream text;
    std::ostream& line = text;
    line << "retry " << event.reason.kind << " " << std::chrono::ceil<std::chrono::milliseconds>(event.wait).count();
    print(event.reason);
    add(call, text.str());
  }
  void on_complete(const CallInfo& call, const CallCompleted& event) noexcept override {
    std::ostringstream text;
    std::ostream& line = text;
    line << "complete ";
    if (event.error == nullptr) {
      line << "ok";
    } else {
      line << event.error->kind;
      print(*event.error);
    }
    line << " attempts=" << event.attempts << " status=" << event.status << " deltas=" << event.deltas;
    details << " model=" << shown(event.response_model) << " id=" << shown(event.request_id)
            << " finish=" << shown(event.finish_reason);
    if (event.usage) details << " tokens=" << event.usage->total_tokens;
    completed = event;
    completed.error = nullptr;
    add(call, text.str());
  }

  [[nodiscard]] std::string everything() const {
    std::string all = written.str();
    for (const std::string& line : lines) all += "\n" + line;
    return all;
  }

  std::vector<std::string> lines;
  std::ostringstream written;
  std::ostream& details = written;
  std::vector<std::uint64_t> ids;
  CallInfo last;
  std::string endpoint, model, url, traceparent;
  CallCompleted completed;
  std::uint64_t request_bytes = 0;
  std::chrono::nanoseconds head_latency = {};
  std::chrono::nanoseconds first_delta_latency = {};

 private:
  void print(const Error& error) {
    details << "\n" << error << "\n" << error.body_snippet << "\n" << error.code << error.request_id;
  }
  void add(const CallInfo& call, std::string line) {
    if (ids.empty() || ids.back() != call.call_id) ids.push_back(call.call_id);
    last = call;
    endpoint = call.endpoint;
    model = call.model;
    url = call.url;
    traceparent = call.traceparent;
    details << "\n" << endpoint << " " << model << " " << url << " " << traceparent;
    lines.push_back(std::move(line));
  }
};

// The same events, in the same order, whether the call blocks or not.
class ObservedCall : public ClientOverMock, public ::testing::WithParamInterface<Door> {
 protected:
  [[nodiscard]] ClientOptions observed() const {
    ClientOptions with = options();
    with.observer = recorder;
    return with;
  }
  // A call without pieces.
  Result<ChatReply> whole(const CallOptions& call = {}) {
    const ChatClient client = make(observed());
    return GetParam() == Door::blocking ? client.chat(question(), call) : client.chat_async(question(), call).get();
  }
  Result<ChatReply> streamed(const CallOptions& call = {}) {
    std::vector<ChatDelta> deltas;
    return ask(GetParam(), make(observed()), question(), deltas, call);
  }

  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
};

TEST_P(ObservedCall, ShowsASuccess) {
  mock->reply({.headers = {{"Content-Type", "application/json"}, {"X-Request-Id", "r-1"}, {"Set-Cookie", "canary"}},
               .body = R"({"model":"m-7","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],)"
                       R"("usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})"});
  ASSERT_TRUE(whole());
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "head 200 Content-Type=application/json X-Request-Id=r-1",
                                           "complete ok attempts=1 status=200 deltas=0"));
  EXPECT_EQ(recorder->endpoint, "gpt-4o");
  EXPECT_EQ(recorder->model, "gpt-4o");
  EXPECT_EQ(recorder->url, "https://x.example/AIGCChatOpenServ/saas/gpt-4o/text/v3");
  EXPECT_EQ(recorder->traceparent, "");
  EXPECT_FALSE(recorder->last.streaming);
  EXPECT_EQ(recorder->request_bytes, mock->requests()[0].body.size());
  EXPECT_THAT(recorder->written.str(), HasSubstr("model=m-7 id=r-1 finish=stop tokens=7"));
  EXPECT_EQ(recorder->ids.size(), 1u);
}

TEST_P(ObservedCall, ShowsARetry) {
  mock->fail(TransportFailure::connect);
  mock->reply({.status = 429, .headers = {{"Retry-After", "2"}}});
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(whole());
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "retry connect 500", "attempt 2", "head 429 Retry-After=2",
                                           "retry rate_limited 2000", "attempt 3", "head 200",
                                           "complete ok attempts=3 status=200 deltas=0"));
  EXPECT_EQ(recorder->completed.duration, 2500ms);
  EXPECT_EQ(recorder->completed.response_bytes, std::string_view(hi_envelope).size());
  EXPECT_EQ(recorder->ids.size(), 1u) << "one call";
}

TEST_P(ObservedCall, ShowsAFailure) {
  mock->reply({.status = 401, .body = "who are you"});
  EXPECT_FALSE(whole());
  EXPECT_THAT(recorder->lines,
              ElementsAre("attempt 1", "head 401", "complete authentication attempts=1 status=401 deltas=0"));
  EXPECT_EQ(recorder->completed.response_bytes, 11u);
}

TEST_P(ObservedCall, ShowsAStream) {
  mock->reply_stream({choice_event(R"({"delta":{"content":"a"}})"), choice_event(R"({"delta":{"content":"b"}})"),
                      choice_event(R"({"delta":{},"finish_reason":"stop"})"), done_event});
  ASSERT_TRUE(streamed());
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "head 200 Content-Type=text/event-stream", "first delta",
                                           "complete ok attempts=1 status=200 deltas=3"));
  EXPECT_TRUE(recorder->last.streaming);
  EXPECT_THAT(recorder->written.str(), HasSubstr("model=m-1 id=- finish=stop"));
}

TEST_P(ObservedCall, ShowsAStreamThatBreaks) {
  mock->reply_stream({answer_event("a")}, MockStreamEnd::reset);
  EXPECT_FALSE(streamed());
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "head 200 Content-Type=text/event-stream", "first delta",
                                           "complete truncated attempts=1 status=200 deltas=1"));
  EXPECT_THAT(recorder->written.str(), HasSubstr("model=- id=- finish=-"));
}

TEST_P(ObservedCall, ShowsNothingOfACallThatIsNotSent) {
  CancelSource source;
  source.cancel();
  EXPECT_FALSE(whole({.cancel = source.token()}));
  EXPECT_FALSE(whole({.headers = {{"Host", "elsewhere"}}}));
  EXPECT_TRUE(recorder->lines.empty());
}

TEST_P(ObservedCall, PassesTheTraceOn) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(whole({.headers = {{"TraceParent", trace}}}));
  EXPECT_EQ(mock->requests()[0].header("traceparent"), trace);
  EXPECT_EQ(recorder->traceparent, trace);
}

TEST_P(ObservedCall, NumbersCallsApart) {
  mock->reply({.body = hi_envelope});
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(whole());
  ASSERT_TRUE(whole());
  ASSERT_EQ(recorder->ids.size(), 2u);
  EXPECT_NE(recorder->ids[0], recorder->ids[1]);
}

// The server says all that it knows wherever it can.
TEST_P(ObservedCall, ShowsNoSecretAndNothingOfTheConversation) {
  const std::string secrets = "canary-id-4711 canary-secret-0815";
  const std::vector<HttpHeader> headers = {{"Content-Type", "text/event-stream"},
                                           {"X-Request-Id", "canary-secret-0815"},
                                           {"X-Echo", secrets},
                                           {"Set-Cookie", "session=canary"}};
  ClientOptions with = observed();
  with.base_url = "https://x.example/prefix";
  const ChatClient client = make(with);
  std::vector<ChatDelta> deltas;
  const ChatRequest request{.endpoint = endpoints::gpt_4o(), .messages = {Message::user("canary-prompt")}};
  const CallOptions call{.headers = {{"X-Mine", "canary-header"}}};

  mock->reply_chunked({.status = 503, .headers = headers, .body = "<html>" + secrets + " canary-prompt</html>"}, {});
  mock->reply_chunked({.headers = headers},
                      {R"(data:{"model":"canary-secret-0815","choices":[{"delta":{"content":"canary-answer"},)"
                       R"("finish_reason":"canary-id-4711"}]})"
                       "\n\n",
                       done_event});
  EXPECT_TRUE(ask(GetParam(), client, request, deltas, call));
  mock->reply_chunked({.headers = headers}, {answer_event("canary-answer"), "data:{canary-answer " + secrets + "\n\n"});
  EXPECT_FALSE(ask(GetParam(), client, request, deltas, call));
  mock->reply_chunked({.headers = headers},
                      {"data:{\"code\":\"1001\",\"msg\":\"" + secrets + "\",\"data\":{\"errorMessage\":\"" + secrets +
                       "\",\"answer\":\"canary-answer\"}}\n\n"});
  EXPECT_FALSE(ask(GetParam(), client, request, deltas, call));
  EXPECT_EQ(mock->remaining(), 0u);
  EXPECT_THAT(recorder->everything(), Not(HasSubstr("canary")));
}

std::string name_of(const ::testing::TestParamInfo<Door>& door) {
  const char* const names[] = {"blocking", "async", "pulled"};
  return names[static_cast<int>(door.param)];
}

INSTANTIATE_TEST_SUITE_P(EveryDoor, ObservedCall, ::testing::Values(Door::blocking, Door::async, Door::pulled),
                         name_of);

class Observed : public ClientOverMock {
 protected:
  [[nodiscard]] ClientOptions stepped_options() const {
    ClientOptions with = options();
    with.transport = stepped;
    with.observer = recorder;
    return with;
  }
  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
};

TEST_F(Observed, SeesHowLongItTook) {
  const ChatClient client = make(stepped_options());
  ChatStream stream = client.stream(question());
  clock->advance(3ms);
  stepped->exchange().fail(TransportFailure::connect, false);
  // 500 ms of waiting count towards the call, not towards the attempt.
  ASSERT_EQ(stepped->started(), 2u);
  clock->advance(20ms);
  EXPECT_EQ(stepped->exchange(1).head(), SinkAction::proceed);
  clock->advance(100ms);
  EXPECT_EQ(stepped->exchange(1).body(answer_event("a")), SinkAction::proceed);
  clock->advance(1000ms);
  EXPECT_EQ(stepped->exchange(1).body(answer_event("b") + done_event), SinkAction::finish);
  stepped->exchange(1).stopped();
  EXPECT_EQ(recorder->head_latency, 20ms);
  EXPECT_EQ(recorder->first_delta_latency, 623ms);
  EXPECT_EQ(recorder->completed.duration, 1623ms);
  EXPECT_EQ(recorder->completed.deltas, 2u);
  EXPECT_EQ(recorder->completed.response_bytes, (answer_event("a") + answer_event("b") + done_event).size());
}

TEST_F(Observed, SeesACancelledCallEndOnce) {
  const ChatClient client = make(stepped_options());
  Pending<ChatReply> pending = client.chat_async(question());
  pending.cancel();
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "complete cancelled attempts=1 status=0 deltas=0"));
}

TEST_F(Observed, SeesACallEndThatItsClientAbandoned) {
  {
    const ChatClient client = make(stepped_options());
    static_cast<void>(client.chat_async(question()));
  }
  EXPECT_THAT(recorder->lines, ElementsAre("attempt 1", "complete cancelled attempts=1 status=0 deltas=0"));
}

TEST_F(Observed, SeesACallEndWhoseCallbackThrew) {
  ClientOptions with = options();
  with.observer = recorder;
  mock->reply_stream({answer_event("a"), done_event});
  EXPECT_THROW(static_cast<void>(make(with).chat(question(), [](const ChatDelta&) { throw 5; })), int);
  mock->reply_stream({answer_event("a"), done_event});
  EXPECT_THROW(static_cast<void>(make(with).stream_async(question(), [](const ChatDelta&) { throw 5; }).get()), int);
  const auto head = "head 200 Content-Type=text/event-stream";
  const auto end = "complete cancelled attempts=1 status=200 deltas=1";
  EXPECT_THAT(recorder->lines,
              ElementsAre("attempt 1", head, "first delta", end, "attempt 1", head, "first delta", end));
}

TEST_F(Observed, SeesAStreamThatTheCallerStoppedAsASuccess) {
  ClientOptions with = options();
  with.observer = recorder;
  mock->reply_stream({answer_event("a"), answer_event("b"), done_event});
  ASSERT_TRUE(make(with).chat(question(), [](const ChatDelta&) { return false; }));
  EXPECT_EQ(recorder->lines.back(), "complete ok attempts=1 status=200 deltas=1");
}

// An observer that only wants to know the end.
TEST_F(Observed, NeedsNoMoreThanOneEvent) {
  struct Counter final : Observer {
    void on_complete(const CallInfo&, const CallCompleted&) noexcept override { ++count; }
    int count = 0;
  };
  const auto counter = std::make_shared<Counter>();
  ClientOptions with = options();
  with.observer = counter;
  mock->fail(TransportFailure::connect);
  mock->reply_stream({answer_event("a"), done_event});
  ASSERT_TRUE(make(with).chat(question(), [](const ChatDelta&) {}));
  EXPECT_EQ(counter->count, 1);
}

}  // namespace
}  // namespace chatopen
