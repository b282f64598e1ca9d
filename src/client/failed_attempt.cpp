#include "client/failed_attempt.hpp"

#include "base/ascii.hpp"
#include "client/receiver.hpp"
#include "codec/decode.hpp"
#include "transport/failure.hpp"

#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

using transport::RetryClass;

Error redirect_refused(const Receiver& reply, const base::Redactor& redactor) {
  const std::string_view location = reply.header("location");
  constexpr std::size_t longest = 512;
  return {.kind = ErrorKind::redirect_refused,
          .message =
              "the server answered with a redirect, which is not followed because it would take the credentials along",
          .detail = location.empty() ? std::string("check base_url")
                                     : "check base_url; the redirect leads to " +
                                           redactor.redact(base::loggable_url(location), longest)};
}

// The service may refuse under HTTP 200; an envelope code that is an HTTP status has that status's class.
int status_in(const std::string& code) {
  const std::int64_t status = base::parse_digits(code).value_or(0);
  return status < 600 ? static_cast<int>(status) : 600;
}

Error failed_by(TransportFailure failure) {
  TransportOutcome outcome;
  outcome.failure = failure;
  return transport::error_of(outcome);
}

}  // namespace

std::string request_id_of(const Receiver& reply) {
  const std::string_view id = reply.header("x-request-id");
  return std::string(id.empty() ? reply.header("request-id") : id);
}

std::string redacted_id(std::string_view id, const base::Redactor& redactor) {
  constexpr std::size_t longest = 256;
  return redactor.redact(id, longest);
}

FailedAttempt refused_by_status(Receiver& reply, const base::Redactor& redactor) {
  if (reply.status() < 400) return {redirect_refused(reply, redactor), RetryClass::never};
  FailedAttempt failed{codec::decode_error(reply.status(), reply.body(), redactor),
                       transport::class_of_status(reply.status())};
  failed.error.maybe_processed = transport::may_have_been_processed(reply.status());
  return failed;
}

FailedAttempt refused_by_body(Error error) {
  FailedAttempt failed{std::move(error)};
  const ErrorKind kind = failed.error.kind;
  if (kind == ErrorKind::protocol || kind == ErrorKind::too_large || kind == ErrorKind::io) {
    failed.error.maybe_processed = true;
  } else if (const int status = status_in(failed.error.code); status < 600) {
    failed.retry_class = transport::class_of_status(status);
    failed.error.maybe_processed = transport::may_have_been_processed(status);
  }
  return failed;
}

FailedAttempt broken(const TransportOutcome& outcome, const base::Redactor& redactor) {
  FailedAttempt failed{transport::error_of(outcome), transport::class_of(outcome)};
  constexpr std::size_t longest = 1024;
  failed.error.detail = redactor.redact(failed.error.detail, longest);
  // Only the transport can say what is wrong with its own settings.
  if (outcome.failure == TransportFailure::settings && !failed.error.detail.empty()) {
    failed.error.message = std::exchange(failed.error.detail, {});
  }
  return failed;
}

FailedAttempt cut(std::string detail) {
  TransportOutcome outcome;
  outcome.failure = TransportFailure::truncated;
  outcome.request_bytes_written = true;
  outcome.message = std::move(detail);
  return {transport::error_of(outcome), transport::class_of(outcome)};
}

Error total_deadline_passed() {
  return failed_by(TransportFailure::total_timeout);
}

Error cancelled_by_caller() {
  return failed_by(TransportFailure::cancelled);
}

}  // namespace chatopen::client
