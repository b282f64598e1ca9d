#include "client/call.hpp"

#include "client/failed_attempt.hpp"

#include <chatopen/clock.hpp>

#include <ctime>
#include <utility>

namespace chatopen::client {

using transport::RetryClass;

Call::Call(const ClientOptions& options, transport::RetryBudget& budget, PreparedCall& prepared,
           Receiver& receiver) noexcept
    : options_(options),
      prepared_(prepared),
      receiver_(receiver),
      schedule_(prepared.retry, budget, options.jitter),
      total_(*prepared.request->timeouts.total) {
  budget.deposit();
}

std::optional<Clock::Duration> Call::time_left() const {
  if (total_.count() == 0) return std::nullopt;
  return prepared_.started + total_ - options_.clock->now();
}

Error Call::ended(Error error, int attempts) const {
  error.attempts = attempts;
  error.maybe_processed |= maybe_processed_;
  return error;
}

std::optional<Error> Call::begin_attempt(bool cancelled) {
  if (cancelled) return cancelled_between_attempts();
  if (const auto left = time_left()) {
    if (left->count() <= 0) return ended(total_deadline_passed(), attempts_);
    prepared_.request->timeouts.total = std::chrono::ceil<std::chrono::milliseconds>(*left);
  }
  ++attempts_;
  receiver_.restart();
  prepared_.observation.attempt(attempts_, prepared_.request->body.size().value_or(0));
  return std::nullopt;
}

// Why the attempt failed; empty when the receiver has the value.
std::optional<FailedAttempt> Call::judge(const TransportOutcome& outcome) {
  // The caller's own word stands above all, and a status that says no above a connection that broke behind it, or a
  // malformed body.
  const Error* const fault = prepared_.body_fault.get();
  const bool cancelled =
      outcome.failure == TransportFailure::cancelled ||
      (outcome.failure == TransportFailure::request_body && fault != nullptr && fault->kind == ErrorKind::cancelled);
  const bool refused = receiver_.status() >= 300 && !cancelled;
  std::optional<FailedAttempt> failed;
  if (refused) {
    failed = refused_by_status(receiver_, prepared_.redactor);
  } else if (outcome.failure && !(outcome.failure == TransportFailure::truncated && receiver_.shows_its_end())) {
    failed = broken(outcome, prepared_.redactor);
    if (outcome.failure == TransportFailure::request_body && prepared_.body_fault != nullptr) {
      prepared_.body_fault->maybe_processed = failed->error.maybe_processed;
      failed->error = std::move(*prepared_.body_fault);
    }
  } else {
    failed = receiver_.finish(outcome);
  }
  if (!failed) return failed;
  Error& error = failed->error;
  error.http_status = receiver_.status();
  error.retry_after = transport::parse_retry_after(receiver_.headers(), std::time(nullptr));
  if (error.request_id.empty()) error.request_id = request_id_of(receiver_);
  error.request_id = redacted_id(error.request_id, prepared_.redactor);
  receiver_.weigh(*failed);
  // What was delivered would be delivered again.
  if (receiver_.has_delivered()) {
    failed->retry_class = RetryClass::never;
    error.maybe_processed = true;
  }
  return failed;
}

Call::Next Call::end_attempt(const TransportOutcome& outcome) {
  // What the caller's own callback has thrown is for the caller alone.
  if (receiver_.exception() != nullptr) return {.error = ended(cancelled_by_caller(), attempts_)};
  std::optional<FailedAttempt> failed = judge(outcome);
  if (!failed && receiver_.exception() != nullptr) return {.error = ended(cancelled_by_caller(), attempts_)};
  if (!failed) return {};
  maybe_processed_ |= failed->error.maybe_processed;
  Error error = ended(std::move(failed->error), attempts_);
  RetryClass retry_class = failed->retry_class;
  if (retry_class == RetryClass::ambiguous && !prepared_.retry.retry_ambiguous) retry_class = RetryClass::never;
  // Asked first: what is only asked for takes nothing from the budget.
  const RetryPredicate* const predicate = prepared_.retry.predicate.get();
  if (predicate != nullptr && retry_class != RetryClass::never && !predicate->should_retry(error)) {
    retry_class = RetryClass::never;
  }
  const auto wait = schedule_.next(retry_class, error.retry_after, time_left());
  if (!wait || !prepared_.request->body.rewind()) return {.error = std::move(error)};
  prepared_.observation.retry(error, *wait);
  return {.wait = wait};
}

Error Call::cancelled_between_attempts() const {
  return ended(cancelled_by_caller(), attempts_);
}

void Call::complete(const Error* error) {
  if (!prepared_.observation.is_on()) return;
  CallCompleted event{
      .error = error, .response_bytes = receiver_.bytes(), .attempts = attempts_, .status = receiver_.status()};
  receiver_.describe(event);
  prepared_.observation.complete(event, prepared_.redactor);
}

}  // namespace chatopen::client
