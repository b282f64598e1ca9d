// Streams, asynchronous calls, cancellation and observers from outside, as design.md promises them by example.
#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/observer.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/sse.hpp>
#include <chatopen/stop_token.hpp>
#include <chatopen/testing/mock_transport.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace co = chatopen;
using namespace std::chrono_literals;

int check_streams();  // for main.cpp

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "not so: " << what << '\n';
  ++failures;
}

class Counting : public co::Observer {
 public:
  void on_attempt(const co::CallInfo& call, const co::AttemptStarted& event) noexcept override {
    attempts += call.call_id != 0 && call.attempt > 0 && event.request_bytes > 0 ? 1 : 100;
  }
  void on_response_head(const co::CallInfo& call, const co::ResponseHead& event) noexcept override {
    heads += event.status == 200 && event.latency.count() >= 0 && !call.url.empty() ? 1 : 100;
    headers += event.headers.empty() ? 0 : 1;
  }
  void on_first_delta(const co::CallInfo& call, const co::FirstDelta& event) noexcept override {
    first_deltas += call.streaming && event.latency.count() > 0 ? 1 : 100;
  }
  void on_retry(const co::CallInfo& call, const co::RetryScheduled& event) noexcept override {
    retries += call.endpoint.empty() || event.reason.attempts < 1 || event.wait.count() < 0 ? 100 : 1;
  }
  void on_complete(const co::CallInfo& call, const co::CallCompleted& event) noexcept override {
    const bool known = call.traceparent.empty() && !call.model.empty() && event.duration.count() > 0;
    completed += known && event.attempts > 0 ? 1 : 100;
    if (event.error != nullptr) return;
    pieces += event.deltas;
    bytes += event.response_bytes;
    expect_empty = event.response_model.empty() && event.request_id.empty() && event.finish_reason.empty() &&
                   !event.usage && event.status == 200;
  }

  std::atomic<int> attempts = 0, heads = 0, headers = 0, first_deltas = 0, retries = 0, completed = 0;
  std::atomic<std::uint64_t> pieces = 0, bytes = 0;
  std::atomic<bool> expect_empty = false;
};

co::ChatRequest question() {
  return {.endpoint = co::endpoints::deepseek_chat_streaming(), .messages = {co::Message::user("Hello")}};
}

void check_the_sandbox(const co::ChatClient& client) {
  const co::ChatRequest request = question();
  std::string told_text;
  co::Result<co::ChatReply> told =
      client.chat(request, [&told_text](const co::ChatDelta& delta) { told_text += delta.text; });
  expect(told && !told_text.empty() && told->text() == told_text, "a reply is pushed piece by piece");

  co::ChatStream stream = client.stream(request);
  std::string pulled;
  for (const co::ChatDelta& delta : stream) pulled += delta.text;
  co::Result<co::ChatReply> whole = stream.finish();
  expect(whole && pulled == told_text && whole->text() == pulled && stream.done(), "a reply is pulled piece by piece");

  co::ChatStream stopped = client.stream(request, {.headers = {{"X-Sandbox-Reply", "delay-ms=60000"}}});
  expect(!stopped.try_next(), "nothing has come yet");
  stopped.cancel();
  expect(stopped.next() == nullptr && stopped.finish().error().kind == co::ErrorKind::cancelled,
         "a stream is cancelled");

  co::Pending<co::ChatReply> pending = client.chat_async(request);
  pending.ready();
  pending.wait_for(5ms);
  pending.wait();
  expect(pending.ready(), "a call that was waited for is ready");
  co::Result<co::ChatReply> done = std::move(pending).get();
  expect(done && done->text() == told_text, "an asynchronous call answers");

  co::Pending<co::ChatReply> endless = client.chat_async(request, {.headers = {{"X-Sandbox-Reply", "delay-ms=60000"}}});
  endless.cancel();
  expect(std::move(endless).get().error().kind == co::ErrorKind::cancelled, "a pending call is cancelled");

  std::atomic<int> pieces = 0;
  co::Pending<void> then = client.stream_async(request, [&pieces](const co::ChatDelta&) { ++pieces; })
                               .then([&](co::Result<co::ChatReply> reply) {
                                 expect(reply && reply->text() == told_text, "then gets the reply");
                               });
  expect(std::move(then).get().has_value() && pieces > 1, "a stream without a blocked thread");

  std::stop_source stop;
  const co::CancelOnStop on_stop(stop.get_token());
  stop.request_stop();
  co::Result<co::ChatReply> ended = client.chat(
      request, {.timeouts = {.idle = 10s, .total = 30s}, .retry = co::RetryPolicy::none(), .cancel = on_stop.token()});
  expect(!ended && ended.error().kind == co::ErrorKind::cancelled, "a stop token ends a call");
}

void check_poll(const co::Sandbox& sandbox) {
  co::ClientOptions options = sandbox.client_options();
  options.transport = co::CurlTransport::create({.poll_driven = true}).value();
  co::ChatClient client = co::ChatClient::create(options).value();
  co::ChatStream stream = client.stream(question());
  std::string text;
  while (!stream.done()) {
    client.poll(1ms);
    while (auto delta = stream.try_next()) text += delta->text;
  }
  expect(stream.finish().value().text() == text && !client.poll(), "a loop drives its calls by itself");
  expect(client.shutdown(10ms), "nothing was left to cancel");
  expect(std::move(client.chat_async(question())).get().error().kind == co::ErrorKind::cancelled,
         "a client that was shut down takes no calls");
}

void check_the_mock() {
  const auto observer = std::make_shared<Counting>();
  const auto mock = std::make_shared<co::testing::MockTransport>();
  mock->fail(co::TransportFailure::connect);
  mock->reply_stream({"data:{\"code\":\"200\",\"da", "ta\":{\"answer\":\"hi\"}}\n\n", "data:[DONE]\n\n"});
  const auto client = co::ChatClient::create({.base_url = "https://x.example",
                                              .credentials = {"id", "secret"},
                                              .transport = mock,
                                              .retry = {.max_retries = 1, .initial_backoff = 1ms},
                                              .observer = observer})
                          .value();
  int calls = 0;
  const auto reply = client.chat(question(), [&calls](const co::ChatDelta& delta) {
    if (delta.reasoning.empty() && !delta.tool_call && delta.finish_reason.empty() && !delta.usage) ++calls;
    return true;
  });
  expect(reply && reply->text() == "hi" && reply->attempts() == 2 && calls == 1, "a mock streams, too");
  expect(observer->attempts == 2 && observer->heads == 1 && observer->headers == 1 && observer->first_deltas == 1 &&
             observer->retries == 1 && observer->completed == 1 && observer->pieces == 1 && observer->bytes > 0 &&
             observer->expect_empty,
         "an observer hears of it all");
}

void check_events() {
  co::SseParser parser;
  std::string seen;
  const auto on_event = [&seen](const co::SseEvent& event) {
    seen.append(event.type).append("/").append(event.data).append("/").append(event.id);
    if (event.retry) seen += std::to_string(event.retry->count());
  };
  const bool within_cap =
      parser.feed("event: news\nid: 7\nretry: 5\ndata: a\r", on_event) && parser.feed("\n\r\ndata: b", on_event);
  expect(within_cap && seen == "news/a/75" && parser.finish(), "events of any origin");
  co::SseParser small(4);
  expect(!small.feed("data: too long\n\n", on_event) && small.finish() && co::default_max_event_bytes > 4,
         "a cap on an event");
}

}  // namespace

int check_streams() {
  const co::Sandbox sandbox = co::Sandbox::start().value();
  check_the_sandbox(co::ChatClient::create(sandbox.client_options()).value());
  check_poll(sandbox);
  check_the_mock();
  check_events();
  return failures;
}
