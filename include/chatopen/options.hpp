#pragma once

/// @file
/// What is set per client and per call, with every default.

#include <chatopen/cancel.hpp>
#include <chatopen/endpoint.hpp>
#include <chatopen/export.hpp>
#include <chatopen/result.hpp>
#include <chatopen/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatopen {

class Clock;
class Observer;
class Transport;

/// Four deadlines on a monotonic clock. Empty means inherited: a call's from its client, a client's from the defaults
/// named here. Zero means no limit; a negative value is an `invalid_argument`.
struct Timeouts {
  /// Resolving, connecting and TLS together. Default 10 s.
  std::optional<std::chrono::milliseconds> connect = {};
  /// From the start of an attempt to the head of the reply, connecting included. Default 10 min: models think.
  std::optional<std::chrono::milliseconds> first_byte = {};
  /// Between two pieces of the reply. Default 2 min.
  std::optional<std::chrono::milliseconds> idle = {};
  /// The whole call, with all its attempts and waits. Default 30 min.
  std::optional<std::chrono::milliseconds> total = {};
};

/// Has the last word on retries.
class CHATOPEN_EXPORT RetryPredicate {
 public:
  virtual ~RetryPredicate();
  /// Asked after each failed attempt, also the last, unless the rest of the policy rules its kind out; false ends the
  /// call with this error. Called from any thread, perhaps several at once; must not throw.
  [[nodiscard]] virtual bool should_retry(const Error& error) const noexcept = 0;
};

/// A predicate from a callable that takes `const Error&` and returns bool. It is called as const, and must not throw.
///
/// @code
/// policy.predicate = chatopen::retry_if([](const chatopen::Error& e) { return e.kind != chatopen::ErrorKind::tls; });
/// @endcode
template <typename Callable>
[[nodiscard]] std::shared_ptr<const RetryPredicate> retry_if(Callable callable) {
  class Predicate final : public RetryPredicate {
   public:
    explicit Predicate(Callable wanted) : callable_(std::move(wanted)) {}
    bool should_retry(const Error& error) const noexcept override { return callable_(error); }

   private:
    Callable callable_;
  };
  return std::make_shared<const Predicate>(std::move(callable));
}

/// When a call is sent again. A request that was provably not processed is retried, and one that was refused before the
/// work: 429, and 503, which is taken for such a refusal. One whose fate is unknown is not, because it may have been
/// billed (see `Error::maybe_processed`).
struct RetryPolicy {
  /// Retries after the first attempt; 0 turns them off. All calls of a client share an allowance besides: ten retries,
  /// and one more for every eleven calls, so that a server in trouble is not asked much more often than usual.
  int max_retries = 2;
  /// The first wait is drawn between 0 and this (full jitter), doubling with every retry.
  std::chrono::milliseconds initial_backoff = std::chrono::milliseconds(500);
  /// No wait of the SDK's own is longer.
  std::chrono::milliseconds max_backoff = std::chrono::milliseconds(8000);
  /// A server that asks for a longer wait (`Retry-After`) than this makes the call fail at once.
  std::chrono::milliseconds max_retry_after = std::chrono::milliseconds(120'000);
  /// Also retry what may have been processed: resets and timeouts after sending, 408, 409, 500, 502, 504. The work may
  /// then be done, and billed, more than once.
  bool retry_ambiguous = false;
  /// Has the last word; null for nobody. Made by `retry_if`.
  std::shared_ptr<const RetryPredicate> predicate = {};

  /// Never send again.
  [[nodiscard]] static RetryPolicy none() { return {.max_retries = 0}; }
};

/// Caps on what a server may send, counted after decompression. Exceeding one is `ErrorKind::too_large`, except where
/// it says otherwise. None may be zero; the largest value of the type is no limit.
struct Limits {
  /// The body of a reply, also of a streamed one. Default 256 MiB.
  std::size_t max_reply_bytes = std::size_t{256} * 1024 * 1024;
  /// One event of a stream. Default 128 MiB.
  std::size_t max_event_bytes = std::size_t{128} * 1024 * 1024;
  /// What is kept of the body of an error reply; the rest is not read. This one may be zero.
  std::size_t max_error_body_bytes = std::size_t{64} * 1024;
  /// All header lines of a reply together. Default 64 KiB.
  std::size_t max_header_bytes = std::size_t{64} * 1024;
  /// Header lines of a reply.
  std::size_t max_header_lines = 256;
};

/// Replaces what the SDK believes about an endpoint, by its name.
struct EndpointOverride {
  /// `Endpoint::name`, such as `gpt-4o-multimodal`.
  std::string name = {};
  /// As `Endpoint::path`; empty keeps the path.
  std::string path = {};
  /// Empty keeps the form.
  std::optional<WireForm> wire_form = {};
};

/// A header line of a request or a reply.
struct HttpHeader {
  /// Case does not matter.
  std::string name = {};
  /// Without the white space around it.
  std::string value = {};
};

/// What a client is made from. Checked by `ChatClient::create`.
struct ClientOptions {
  /// Scheme, host, and optionally port and a path prefix. Required: the reference names no host. No user info, query or
  /// fragment; `https`, and `http` only to loopback or with `allow_http`.
  std::string base_url = {};
  /// Both are required.
  Credentials credentials = {};
  /// Null for a `CurlTransport` with default `CurlOptions`. May be shared by clients.
  std::shared_ptr<Transport> transport = {};
  /// The deadlines of calls that set none of their own.
  Timeouts timeouts = {};
  /// The policy of calls that have none of their own.
  RetryPolicy retry = {};
  /// Caps on every reply.
  Limits limits = {};
  /// What the SDK should believe instead; an unknown name is a `configuration` error.
  std::vector<EndpointOverride> endpoints{};
  /// Hears of every call; null for nobody. See `chatopen/observer.hpp`.
  std::shared_ptr<Observer> observer = {};
  /// Permit plain http to a host that is not loopback: prompts and credentials then travel readable.
  bool allow_http = false;
  /// Null for the system's monotonic clock. Retries wait on it; tests inject their own.
  std::shared_ptr<Clock> clock = {};
  /// Returns a number in [0, 1) that scales the waits between retries; null for a random one. Called from any thread.
  double (*jitter)() = nullptr;

  /// From the environment: `CHATOPEN_BASE_URL`, `CHATOPEN_ACCESS_KEY_ID`, `CHATOPEN_ACCESS_KEY_SECRET`, which win over
  /// the configuration file that `CHATOPEN_CONFIG` names (see `from_file`), whose profile `CHATOPEN_PROFILE` chooses.
  /// Errors: `configuration`, naming the variable that is missing, or as `from_file`.
  [[nodiscard]] CHATOPEN_EXPORT static Result<ClientOptions> from_environment();

  /// From a JSON configuration file with named profiles; `profile` empty takes the file's `default_profile`, or the
  /// profile named `default`. The format is described in docs/configuration.md.
  /// Errors: `io` when the file cannot be read; `configuration` when it is not valid, names an unknown member, has no
  /// such profile, or has credentials although group or others may read it.
  [[nodiscard]] CHATOPEN_EXPORT static Result<ClientOptions> from_file(const std::string& path,
                                                                       const std::string& profile = {});
};

/// What one call does differently. Where the compiler finds no conversion from braces, write `CallOptions{…}`: it then
/// names the member that it does not know.
struct CallOptions {
  /// What is set here replaces the client's.
  Timeouts timeouts = {};
  /// Empty for the client's policy. Needs its type's name: `.retry = RetryPolicy{.max_retries = 1}`.
  std::optional<RetryPolicy> retry = {};
  /// Sent besides the SDK's own, which they may not replace, except `User-Agent`.
  std::vector<HttpHeader> headers{};
  /// Ends the call early, as `ErrorKind::cancelled`.
  CancelToken cancel = {};
};

}  // namespace chatopen
