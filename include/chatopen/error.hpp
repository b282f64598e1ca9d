#pragma once

/// @file
/// `Error`: everything known about a call that failed, and `Exception`, its form for those who throw.

#include <chatopen/export.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen {

/// What failed, as a closed set: a `switch` over it needs no default. Choose by what the caller can do about it.
enum class ErrorKind : std::uint8_t {
  // Local: nothing was sent, unless `Error::maybe_processed`.
  invalid_argument,  ///< The request cannot be sent as it is (empty messages, invalid UTF-8, …): correct the program.
  configuration,     ///< Base URL, credentials, configuration file or CA file are unusable: correct the set-up.
  io,                ///< A local file could not be read or written, or the system refused a resource.
  // Transport: no complete reply arrived.
  resolve,     ///< The host's name could not be resolved. Nothing was sent.
  connect,     ///< No connection to the host (refused, unreachable). Nothing was sent.
  tls,         ///< TLS could not be agreed on, or a certificate was refused.
  proxy,       ///< The proxy refused or could not be reached.
  connection,  ///< The connection broke after it was made. See `Error::maybe_processed`.
  timeout,     ///< A deadline passed; `Error::message` says which one.
  truncated,   ///< The reply was cut before its end, which may show only in its unfinished JSON.
  cancelled,   ///< The caller cancelled the call.
  // What came is not acceptable.
  redirect_refused,  ///< The server answered with a redirect, which would take the credentials elsewhere.
  protocol,          ///< The answer is not what was asked for (broken HTTP, broken JSON, invalid UTF-8, no picture).
  too_large,         ///< The answer exceeds a limit (`Limits`, `SaveOptions`), or needs more steps than were allowed.
  // The service said no.
  authentication,     ///< 401: the credentials are not accepted.
  permission_denied,  ///< 403: the credentials are valid but may not do this.
  not_found,          ///< 404: no such endpoint or model.
  rate_limited,       ///< 429: too many calls; see `Error::retry_after`.
  invalid_request,    ///< 400 and every other 4xx: the service does not accept the request as it is.
  server_error,       ///< 5xx: the service, or a proxy before it, failed.
  api,                ///< The envelope carries a code of the service's own that is no HTTP status.
};

/// The kind's name, as spelled in the enumeration, such as `rate_limited`.
[[nodiscard]] CHATOPEN_EXPORT std::string_view to_string(ErrorKind kind) noexcept;

/// Why a call failed. No member ever contains a credential (of four bytes or more).
struct Error {
  /// What failed.
  ErrorKind kind = ErrorKind::invalid_argument;
  /// The HTTP status, 0 when none came.
  int http_status = 0;
  /// The service's own code, as text (`"1001"`, `"invalid_api_key"`); empty when it gave none.
  std::string code = {};
  /// What went wrong, for humans: the service's words or ours.
  std::string message = {};
  /// More of it: `data.errorMessage` of the envelope (observed), or what helps to fix the fault.
  std::string detail = {};
  /// The service's identifier of the request, for its support; empty when it gave none.
  std::string request_id = {};
  /// How long the server asked to wait (`Retry-After`).
  std::optional<std::chrono::milliseconds> retry_after = {};
  /// How many exchanges were started; 0 when the fault was found before that.
  int attempts = 0;
  /// True when the service may have done (and billed) the work of any attempt although no reply arrived.
  bool maybe_processed = false;
  /// The first bytes of an error body, at most 1 KiB, valid UTF-8, credentials redacted.
  std::string body_snippet = {};
};

/// The error in one line: kind, status, code, message, detail, and what is known about attempts. Never a credential.
[[nodiscard]] CHATOPEN_EXPORT std::string to_string(const Error& error);

/// Prints the line of `to_string`.
CHATOPEN_EXPORT std::ostream& operator<<(std::ostream& stream, const Error& error);

/// Prints the kind's name.
CHATOPEN_EXPORT std::ostream& operator<<(std::ostream& stream, ErrorKind kind);

/// What `Result::value()` throws when there is no value. Copying it cannot throw.
class CHATOPEN_EXPORT Exception : public std::exception {
 public:
  /// Takes the error over.
  explicit Exception(Error error);
  Exception(const Exception&) noexcept;
  Exception& operator=(const Exception&) noexcept;
  ~Exception() override;

  /// The error; valid as long as any copy of this exception.
  [[nodiscard]] const Error& error() const noexcept;
  /// The line of `to_string` for the error.
  [[nodiscard]] const char* what() const noexcept override;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

namespace detail {
// Out of line, so that headers work without exceptions; ends the program where the library was built without them.
[[noreturn]] CHATOPEN_EXPORT void throw_error(const Error& error);
[[noreturn]] CHATOPEN_EXPORT void no_error_to_return() noexcept;
// Out of line, so that the many places that hand errors on stay small. The first two construct at `where`.
CHATOPEN_EXPORT void move_error(Error* where, Error& from) noexcept;
CHATOPEN_EXPORT void copy_error(Error* where, const Error& from);
CHATOPEN_EXPORT void destroy_error(Error& error) noexcept;
}  // namespace detail

}  // namespace chatopen
