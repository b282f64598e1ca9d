#include "client/observation.hpp"

#include "base/ascii.hpp"
#include "base/redact.hpp"

#include <atomic>
#include <utility>

namespace chatopen {

Observer::~Observer() = default;
void Observer::on_attempt(const CallInfo& /*call*/, const AttemptStarted& /*event*/) noexcept {}
void Observer::on_response_head(const CallInfo& /*call*/, const ResponseHead& /*event*/) noexcept {}
void Observer::on_first_delta(const CallInfo& /*call*/, const FirstDelta& /*event*/) noexcept {}
void Observer::on_retry(const CallInfo& /*call*/, const RetryScheduled& /*event*/) noexcept {}
void Observer::on_complete(const CallInfo& /*call*/, const CallCompleted& /*event*/) noexcept {}

namespace client {
namespace {

// A server may say anywhere what it was told.
std::string redacted(std::string_view word, const base::Redactor& redactor) {
  constexpr std::size_t longest = 256;
  return redactor.redact(word, longest);
}

// The snippet may hold a prompt that the server sends back, or a part of the answer.
Error without_snippet(Error error) {
  error.body_snippet.clear();
  return error;
}

}  // namespace

Observation::Observation(std::shared_ptr<Observer> observer, const Clock& clock, const Endpoint& endpoint,
                         const std::string& url, const std::vector<HttpHeader>& headers, bool streaming)
    : observer_(std::move(observer)), clock_(&clock) {
  if (observer_ == nullptr) return;
  static std::atomic<std::uint64_t> last_id = 0;
  call_id_ = ++last_id;
  endpoint_ = endpoint.name;
  model_ = endpoint.model;
  url_ = base::loggable_url(url);
  streaming_ = streaming;
  call_started_ = clock.now();
  for (const HttpHeader& header : headers) {
    if (base::equal_ignoring_case(header.name, "traceparent")) traceparent_ = header.value;
  }
}

CallInfo Observation::info() const noexcept {
  return {.call_id = call_id_,
          .endpoint = endpoint_,
          .model = model_,
          .url = url_,
          .traceparent = traceparent_,
          .streaming = streaming_,
          .attempt = attempt_};
}

void Observation::attempt(int number, std::uint64_t request_bytes) {
  if (observer_ == nullptr) return;
  attempt_ = number;
  attempt_started_ = clock_->now();
  observer_->on_attempt(info(), {.request_bytes = request_bytes});
}

void Observation::head(int status, const std::vector<HttpHeader>& headers, const base::Redactor& redactor) {
  if (observer_ == nullptr) return;
  std::vector<HttpHeader> loggable;
  for (const HttpHeader& header : headers) {
    if (base::is_loggable_header(header.name)) loggable.push_back({header.name, redacted(header.value, redactor)});
  }
  observer_->on_response_head(info(),
                              {.status = status, .latency = clock_->now() - attempt_started_, .headers = loggable});
}

void Observation::first_delta() {
  if (observer_ != nullptr) observer_->on_first_delta(info(), {.latency = clock_->now() - call_started_});
}

void Observation::retry(const Error& reason, Clock::Duration wait) {
  if (observer_ == nullptr) return;
  const Error told = without_snippet(reason);
  observer_->on_retry(info(), {.reason = told, .wait = wait});
}

void Observation::complete(CallCompleted event, const base::Redactor& redactor) {
  if (observer_ == nullptr || attempt_ == 0) return;
  const Error told = event.error != nullptr ? without_snippet(*event.error) : Error{};
  if (event.error != nullptr) event.error = &told;
  const std::string model = redacted(event.response_model, redactor);
  const std::string finish_reason = redacted(event.finish_reason, redactor);
  event.response_model = model;
  event.finish_reason = finish_reason;
  event.duration = clock_->now() - call_started_;
  // Once only.
  std::exchange(observer_, nullptr)->on_complete(info(), event);
}

}  // namespace client
}  // namespace chatopen
