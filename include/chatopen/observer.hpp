#pragma once

/// @file
/// `Observer`: what happens to calls, for logging, metrics and tracing.

#include <chatopen/error.hpp>
#include <chatopen/export.hpp>
#include <chatopen/options.hpp>
#include <chatopen/reply.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace chatopen {

/// Which call an event belongs to. Views are valid during the event only.
struct CallInfo {
  /// Unique in this process.
  std::uint64_t call_id = 0;
  /// `Endpoint::name`; empty for a custom endpoint, and for the download of a picture.
  std::string_view endpoint = {};
  /// `Endpoint::model`; may be empty.
  std::string_view model = {};
  /// Scheme, host and path, without a query.
  std::string_view url = {};
  /// The header `traceparent` of `CallOptions::headers`, which is passed on as it is; empty when there is none.
  std::string_view traceparent = {};
  /// Whether the caller asked for a stream.
  bool streaming = false;
  /// From 1; 0 before the first attempt.
  int attempt = 0;
};

/// An attempt is about to be sent.
struct AttemptStarted {
  /// Bytes of the body.
  std::uint64_t request_bytes = 0;
};

/// The head of a reply came.
struct ResponseHead {
  /// The HTTP status.
  int status = 0;
  /// Since the start of the attempt.
  std::chrono::nanoseconds latency = {};
  /// Only headers that cannot carry a secret or a part of the conversation (`content-type`, `x-request-id`, …).
  const std::vector<HttpHeader>& headers;
};

/// The first piece of a streamed reply came.
struct FirstDelta {
  /// Since the start of the call.
  std::chrono::nanoseconds latency = {};
};

/// An attempt failed, and another follows.
struct RetryScheduled {
  /// Why; redacted, and without `Error::body_snippet`.
  const Error& reason;
  /// Until the next attempt.
  std::chrono::nanoseconds wait = {};
};

/// A call ended. Comes once for every call that got as far as its first attempt.
struct CallCompleted {
  /// Null when the call succeeded; redacted, and without `Error::body_snippet`.
  const Error* error = nullptr;
  /// Since the start of the call.
  std::chrono::nanoseconds duration = {};
  /// Body bytes of the last attempt, decompressed.
  std::uint64_t response_bytes = 0;
  /// Pieces of a streamed reply, of the last attempt.
  std::uint64_t deltas = 0;
  /// How many attempts were made.
  int attempts = 0;
  /// The last HTTP status, 0 when none came.
  int status = 0;
  /// As the service names it; empty when it does not, or the call failed.
  std::string_view response_model = {};
  /// The service's identifier of the request; empty when it gave none.
  std::string_view request_id = {};
  /// The wire's word; empty when none came.
  std::string_view finish_reason = {};
  /// What the call cost, when the service said it.
  std::optional<Usage> usage = {};
};

/// Hears of every call of the clients that it was given to in `ClientOptions::observer`: on the thread on which it
/// happens, from many threads at once, and in order for each call. Should be quick. Nothing that it is given holds a
/// credential, a prompt, a picture or an answer, unless the service quotes from a prompt in the message of an error.
/// docs/observability.md maps the fields to OpenTelemetry's names.
class CHATOPEN_EXPORT Observer {
 public:
  virtual ~Observer();
  /// An attempt is about to be sent.
  virtual void on_attempt(const CallInfo& call, const AttemptStarted& event) noexcept;
  /// The head of a reply came.
  virtual void on_response_head(const CallInfo& call, const ResponseHead& event) noexcept;
  /// The first piece of a streamed reply came.
  virtual void on_first_delta(const CallInfo& call, const FirstDelta& event) noexcept;
  /// An attempt failed, and another follows.
  virtual void on_retry(const CallInfo& call, const RetryScheduled& event) noexcept;
  /// The call ended.
  virtual void on_complete(const CallInfo& call, const CallCompleted& event) noexcept;
};

}  // namespace chatopen
