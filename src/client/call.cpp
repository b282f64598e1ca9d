#include "client/call.hpp"

#include "base/redact.hpp"
#include "client/reply_collector.hpp"
#include "codec/decode.hpp"
#include "transport/failure.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

using transport::RetryClass;

struct FailedAttempt {
  Error error;
  RetryClass retry_class = RetryClass::never;
};

std::string request_id_of(const ReplyCollector& reply) {
  const std::string_view id = reply.header("x-request-id");
  return std::string(id.empty() ? reply.header("request-id") : id);
}

// Identifiers come from outside, where a server may have put a credential into them.
std::string redacted_id(std::string_view id, const base::Redactor& redactor) {
  constexpr std::size_t longest = 256;
  return redactor.redact(id, longest);
}

Error redirect_refused(const ReplyCollector& reply, const base::Redactor& redactor) {
  const std::string_view location = reply.header("location");
  constexpr std::size_t longest = 512;
  return {.kind = ErrorKind::redirect_refused,
          .http_status = reply.status(),
          .message =
              "the server answered with a redirect, which is not followed because it would take the credentials along",
          .detail = location.empty() ? std::string("check base_url")
                                     : "check base_url; the redirect leads to " +
                                           redactor.redact(base::loggable_url(location), longest)};
}

FailedAttempt refused_by_status(ReplyCollector& reply, const base::Redactor& redactor) {
  if (reply.status() < 400) return {redirect_refused(reply, redactor), RetryClass::never};
  FailedAttempt failed{codec::decode_error(reply.status(), reply.body(), redactor),
                       transport::class_of_status(reply.status())};
  failed.error.maybe_processed = failed.retry_class == RetryClass::ambiguous;
  return failed;
}

// The service may refuse under HTTP 200; an envelope code that is an HTTP status has that status's class.
RetryClass class_of_refusal(const Error& error) {
  int code = 0;
  const char* const end = error.code.data() + error.code.size();
  const auto [stopped, fault] = std::from_chars(error.code.data(), end, code);
  return fault == std::errc{} && stopped == end ? transport::class_of_status(code) : RetryClass::never;
}

// A body that says no, or one that nobody can read: then the service did its part.
FailedAttempt refused_by_body(Error error) {
  FailedAttempt failed{std::move(error)};
  const ErrorKind kind = failed.error.kind;
  if (kind == ErrorKind::protocol || kind == ErrorKind::too_large || kind == ErrorKind::io) {
    failed.error.maybe_processed = true;
  } else {
    failed.retry_class = class_of_refusal(failed.error);
    failed.error.maybe_processed = failed.retry_class == RetryClass::ambiguous;
  }
  return failed;
}

FailedAttempt broken(const TransportOutcome& outcome) {
  return {transport::error_of(outcome), transport::class_of(outcome)};
}

// One attempt: the reply, or why there is none.
std::variant<ChatReply::Fields, FailedAttempt> attempt(const CallContext& context, const HttpRequest& request,
                                                       const base::Redactor& redactor) {
  ReplyCollector reply(request.limits);
  const TransportOutcome outcome = context.transport.perform(request, reply, context.cancel);

  // A status that says no stands, even when the connection broke behind it.
  const bool cancelled = outcome.failure == TransportFailure::cancelled;
  const bool refused = reply.status() >= 300 && !cancelled && outcome.failure != TransportFailure::protocol;
  if (outcome.failure && !refused) return broken(outcome);

  FailedAttempt failed;
  if (refused) {
    failed = refused_by_status(reply, redactor);
  } else {
    Result<ChatReply::Fields> decoded = codec::decode_chat(reply.status(), std::move(reply.body()), redactor);
    if (decoded) {
      if (decoded->request_id.empty()) decoded->request_id = request_id_of(reply);
      return *std::move(decoded);
    }
    failed = refused_by_body(std::move(decoded).error());
  }
  failed.error.retry_after = transport::parse_retry_after(reply.headers(), std::time(nullptr));
  if (failed.error.request_id.empty()) failed.error.request_id = request_id_of(reply);
  failed.error.request_id = redacted_id(failed.error.request_id, redactor);
  return failed;
}

Error total_deadline_passed() {
  TransportOutcome outcome;
  outcome.failure = TransportFailure::total_timeout;
  return transport::error_of(outcome);
}

Error cancelled_while_waiting() {
  TransportOutcome outcome;
  outcome.failure = TransportFailure::cancelled;
  return transport::error_of(outcome);
}

}  // namespace

Result<ChatReply> perform_call(const CallContext& context, HttpRequest& request) {
  const base::Redactor redactor(context.credentials);
  const std::chrono::milliseconds total = *request.timeouts.total;
  const auto time_left = [&]() -> std::optional<Clock::Duration> {
    if (total.count() == 0) return std::nullopt;
    return context.started + total - context.clock.now();
  };
  bool maybe_processed = false;
  const auto ended = [&maybe_processed](Error error, int attempts) {
    error.attempts = attempts;
    error.maybe_processed |= maybe_processed;
    return error;
  };

  context.budget.deposit();
  transport::RetrySchedule schedule(context.retry, context.budget, context.jitter);
  for (int attempts = 1;; ++attempts) {
    if (context.cancel.cancelled()) return ended(cancelled_while_waiting(), attempts - 1);
    if (const auto left = time_left()) {
      if (left->count() <= 0) return ended(total_deadline_passed(), attempts - 1);
      request.timeouts.total = std::chrono::ceil<std::chrono::milliseconds>(*left);
    }

    auto tried = attempt(context, request, redactor);
    if (auto* fields = std::get_if<ChatReply::Fields>(&tried)) {
      fields->attempts = attempts;
      return ChatReply(std::move(*fields));
    }
    auto& failed = std::get<FailedAttempt>(tried);
    maybe_processed |= failed.error.maybe_processed;
    const auto wait = schedule.next(failed.retry_class, failed.error.retry_after, time_left());
    if (!wait || !request.body.rewind()) return ended(std::move(failed.error), attempts);
    if (!context.clock.sleep_for(*wait, context.cancel)) return ended(cancelled_while_waiting(), attempts);
  }
}

}  // namespace chatopen::client
