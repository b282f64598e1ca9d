#include "client/call.hpp"

#include "base/redact.hpp"
#include "client/reply_collector.hpp"
#include "codec/decode.hpp"
#include "transport/failure.hpp"

#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>
#include <variant>

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
  failed.error.maybe_processed = transport::may_have_been_processed(reply.status());
  return failed;
}

// The service may refuse under HTTP 200; an envelope code that is an HTTP status has that status's class.
int status_in(const std::string& code) {
  int status = 0;
  const char* const end = code.data() + code.size();
  const auto [stopped, fault] = std::from_chars(code.data(), end, status);
  return fault == std::errc{} && stopped == end ? status : 0;
}

// A body that says no, or one that nobody can read: then the service did its part.
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

// Such JSON shows by itself whether it is whole.
bool begins_object_or_array(std::string_view body) {
  const std::size_t first = body.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  return first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
}

// For JSON that the parser refused: whether it is the beginning of an object or array, and nothing behind one.
bool is_unfinished(std::string_view body) {
  if (!begins_object_or_array(body)) return false;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    // No JSON has them; what corrupt compression yields does.
    if (static_cast<unsigned char>(c) < 0x20 && std::string_view("\t\r\n").find(c) == std::string_view::npos)
      return false;
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return false;
    }
  }
  return true;
}

FailedAttempt stream_instead_of_reply() {
  FailedAttempt failed;
  failed.error = {.kind = ErrorKind::protocol,
                  .message = "the reply is an event stream, which this version does not read",
                  .detail = "use an endpoint that does not stream",
                  .maybe_processed = true};
  return failed;
}

using Attempt = std::variant<ChatReply::Fields, FailedAttempt>;

Attempt decode(const TransportOutcome& outcome, ReplyCollector& reply, const base::Redactor& redactor) {
  if (outcome.body_end == BodyEnd::none) return cut("the transport saw no end of the body");
  if (reply.header("content-type").starts_with("text/event-stream")) return stream_instead_of_reply();
  const bool proven = outcome.body_end == BodyEnd::proven;
  Result<ChatReply::Fields> decoded = codec::decode_chat(reply.status(), std::move(reply.body()), redactor);
  if (!decoded) {
    Error error = std::move(decoded).error();
    if (proven || error.kind != ErrorKind::protocol || !is_unfinished(reply.body())) {
      return refused_by_body(std::move(error));
    }
    FailedAttempt failed = cut("nothing but its JSON shows its end, and that is unfinished");
    failed.error.body_snippet = std::move(error.body_snippet);
    return failed;
  }
  if (!proven && !begins_object_or_array(decoded->raw)) {
    return cut("the connection closed, and nothing shows that the reply is whole");
  }
  if (decoded->request_id.empty()) decoded->request_id = request_id_of(reply);
  decoded->request_id = redacted_id(decoded->request_id, redactor);
  return *std::move(decoded);
}

// One attempt: the reply, or why there is none.
Attempt attempt(const CallContext& context, const HttpRequest& request, const base::Redactor& redactor) {
  ReplyCollector reply(request.limits);
  const TransportOutcome outcome = context.transport.perform(request, reply, context.cancel);

  // A status that says no stands, even when the connection broke behind it or its body is malformed.
  const bool refused = reply.status() >= 300 && outcome.failure != TransportFailure::cancelled;
  Attempt tried = refused           ? refused_by_status(reply, redactor)
                  : outcome.failure ? Attempt(broken(outcome, redactor))
                                    : decode(outcome, reply, redactor);
  if (auto* failed = std::get_if<FailedAttempt>(&tried)) {
    Error& error = failed->error;
    error.http_status = reply.status();
    error.retry_after = transport::parse_retry_after(reply.headers(), std::time(nullptr));
    if (error.request_id.empty()) error.request_id = request_id_of(reply);
    error.request_id = redacted_id(error.request_id, redactor);
  }
  return tried;
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

    Attempt tried = attempt(context, request, redactor);
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
