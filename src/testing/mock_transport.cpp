#include <chatopen/testing/mock_transport.hpp>

#include "base/ascii.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <ostream>
#include <utility>

namespace chatopen::testing {
namespace {

struct Step {
  MockReply reply = {};
  std::vector<std::string> chunks = {};
  MockStreamEnd end = MockStreamEnd::complete;
  std::optional<TransportFailure> failure = {};
  bool stalls_before_head = false;
};

// Failures that strike before the first byte of a request is written.
bool is_before_request(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::resolve:
    case TransportFailure::connect:
    case TransportFailure::tls:
    case TransportFailure::certificate:
    case TransportFailure::proxy:
    case TransportFailure::connect_timeout:
    case TransportFailure::invalid_request:
    case TransportFailure::settings:
    case TransportFailure::resource: return true;
    default: return false;
  }
}

TransportOutcome failed(TransportFailure failure, std::string message) {
  TransportOutcome outcome;
  outcome.failure = failure;
  outcome.request_bytes_written = !is_before_request(failure);
  outcome.message = std::move(message);
  return outcome;
}

void ring(void* woken) noexcept;

// Blocks until the token is cancelled.
class CancelWait {
 public:
  void ring() noexcept {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  void wait_until_cancelled(const CancelToken& cancel) {
    const CancelCallback on_cancel(cancel, &testing::ring, this);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return rung_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

void ring(void* woken) noexcept {
  static_cast<CancelWait*>(woken)->ring();
}

TransportFailure stall(const HttpRequest& request, const CancelToken& cancel,
                       const std::optional<std::chrono::milliseconds>& deadline, TransportFailure passed) {
  const auto limits = [](const std::optional<std::chrono::milliseconds>& each) { return each && each->count() > 0; };
  const bool by_total = limits(request.timeouts.total);
  if (limits(deadline) && (!by_total || *deadline <= *request.timeouts.total)) return passed;
  if (by_total) return TransportFailure::total_timeout;
  CancelWait wait;
  wait.wait_until_cancelled(cancel);
  return TransportFailure::cancelled;
}

Result<std::string> read_all(const Body& body) {
  BodySource* const source = body.source();
  if (source == nullptr) return body.text();
  std::string text;
  char piece[4096];
  for (;;) {
    const Result<std::size_t> count = source->read(piece, sizeof piece);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(piece, *count);
  }
}

TransportOutcome play(const Step& step, const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
  if (step.failure) return failed(*step.failure, "scripted failure");
  if (step.stalls_before_head) {
    const auto ended = stall(request, cancel, request.timeouts.first_byte, TransportFailure::first_byte_timeout);
    return failed(ended, "scripted stall");
  }

  TransportOutcome outcome;
  outcome.request_bytes_written = true;
  if (sink.on_head(step.reply.status, step.reply.headers) == SinkAction::stop) {
    outcome.stopped = true;
    return outcome;
  }
  std::size_t received = 0;
  const auto deliver = [&](const std::string& bytes) {
    if (cancel.cancelled()) {
      outcome = failed(TransportFailure::cancelled, {});
      return false;
    }
    received += bytes.size();
    if (received > request.limits.max_reply_bytes) {
      outcome = failed(TransportFailure::body_too_large, {});
      return false;
    }
    outcome.stopped = !bytes.empty() && sink.on_body(bytes) == SinkAction::stop;
    return !outcome.stopped;
  };
  if (!deliver(step.reply.body)) return outcome;
  for (const std::string& chunk : step.chunks) {
    if (!deliver(chunk)) return outcome;
  }

  switch (step.end) {
    case MockStreamEnd::complete: outcome.body_end = BodyEnd::proven; break;
    case MockStreamEnd::connection_closed: outcome.body_end = BodyEnd::connection_closed; break;
    case MockStreamEnd::reset: return failed(TransportFailure::truncated, "scripted reset");
    case MockStreamEnd::stall:
      return failed(stall(request, cancel, request.timeouts.idle, TransportFailure::idle_timeout), "scripted stall");
  }
  return outcome;
}

}  // namespace

std::string RecordedRequest::header(std::string_view name) const {
  for (const HttpHeader& each : headers) {
    if (base::equal_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

std::ostream& operator<<(std::ostream& stream, const RecordedRequest& request) {
  // The transport's own printing knows what may be shown.
  return stream << HttpRequest{.method = request.method, .url = request.url, .headers = request.headers};
}

struct MockTransport::Impl {
  void add(Step step) {
    const std::lock_guard lock(mutex);
    script.push_back(std::move(step));
  }

  std::optional<Step> record(RecordedRequest request) {
    const std::lock_guard lock(mutex);
    requests.push_back(std::move(request));
    if (script.empty()) return std::nullopt;
    Step step = std::move(script.front());
    script.pop_front();
    return step;
  }

  mutable std::mutex mutex;
  std::deque<Step> script;
  std::vector<RecordedRequest> requests;
};

MockTransport::MockTransport() : impl_(std::make_unique<Impl>()) {}
MockTransport::~MockTransport() = default;

void MockTransport::reply(MockReply reply) {
  impl_->add({.reply = std::move(reply)});
}

void MockTransport::reply_stream(std::vector<std::string> chunks, MockStreamEnd end) {
  reply_chunked({.headers = {{"Content-Type", "text/event-stream"}}}, std::move(chunks), end);
}

void MockTransport::reply_chunked(MockReply reply, std::vector<std::string> chunks, MockStreamEnd end) {
  impl_->add({.reply = std::move(reply), .chunks = std::move(chunks), .end = end});
}

void MockTransport::fail(TransportFailure failure) {
  impl_->add({.failure = failure});
}

void MockTransport::stall() {
  impl_->add({.stalls_before_head = true});
}

std::vector<RecordedRequest> MockTransport::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

std::size_t MockTransport::remaining() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->script.size();
}

TransportOutcome MockTransport::perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
  if (cancel.cancelled()) {
    TransportOutcome outcome;
    outcome.failure = TransportFailure::cancelled;
    return outcome;
  }
  Result<std::string> body = read_all(request.body);
  if (!body) return failed(TransportFailure::request_body, body.error().message);
  const std::optional<Step> step = impl_->record({.method = request.method,
                                                  .url = request.url,
                                                  .headers = request.headers,
                                                  .body = *std::move(body),
                                                  .timeouts = request.timeouts});
  if (!step) return failed(TransportFailure::settings, "the mock's script has no reply left for this request");
  return play(*step, request, sink, cancel);
}

}  // namespace chatopen::testing
