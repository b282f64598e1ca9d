#pragma once

/// @file
/// The transport seam: one HTTP exchange. Implement `Transport` to send calls another way, or to fake them.

#include <chatopen/cancel.hpp>
#include <chatopen/export.hpp>
#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatopen {

/// A request body that is read in pieces. Used by one exchange at a time.
class CHATOPEN_EXPORT BodySource {
 public:
  virtual ~BodySource();

  /// Bytes in all, when known beforehand; of an upload whose source has more, only so many are sent.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const noexcept = 0;
  /// Fills at most `capacity` bytes and returns how many; 0 is the end. An error ends the exchange with it.
  [[nodiscard]] virtual Result<std::size_t> read(char* into, std::size_t capacity) = 0;
  /// Goes back to the beginning, so that the request can be sent again. False when it cannot.
  [[nodiscard]] virtual bool rewind() noexcept = 0;
};

/// The body of a request: text that it owns, or a source.
class CHATOPEN_EXPORT Body {
 public:
  Body() noexcept = default;
  /// Text that the body owns.
  Body(std::string text) : text_(std::move(text)) {}  // NOLINT(*-explicit-*)
  /// The same for a literal.
  Body(const char* text) : text_(text) {}  // NOLINT(*-explicit-*)
  /// A source that is read while the request is sent.
  template <typename Source, typename = std::enable_if_t<std::is_base_of_v<BodySource, Source>>>
  Body(std::shared_ptr<Source> source) noexcept : source_(std::move(source)) {}  // NOLINT(*-explicit-*)

  /// The owned text; empty when there is a source.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  const std::string& text() const&& = delete;
  /// Null when the body is owned text.
  [[nodiscard]] BodySource* source() const noexcept { return source_.get(); }
  /// Bytes in all, when known beforehand.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept;
  /// Prepares the body for another attempt. False when its source cannot go back.
  [[nodiscard]] bool rewind() const noexcept { return source_ == nullptr || source_->rewind(); }

 private:
  std::string text_;
  std::shared_ptr<BodySource> source_;
};

/// One HTTP request, complete: a transport adds only what HTTP itself needs (`Host`, `Content-Length`, …).
struct HttpRequest {
  /// In capitals.
  std::string method = "POST";
  /// Absolute, percent-encoded.
  std::string url = {};
  /// Sent as they are, in this order.
  std::vector<HttpHeader> headers{};
  /// Empty for none.
  Body body = {};
  /// Every member is set; zero means no limit. `total` is what is left of the call's.
  Timeouts timeouts = {};
  /// Caps that the transport holds the reply to.
  Limits limits = {};
  /// For a host that must not learn who calls: the transport shows it no client certificate.
  bool anonymous = false;
};

/// Prints method, URL without its query, and headers; values only of headers that cannot carry a secret. Never the
/// body.
CHATOPEN_EXPORT std::ostream& operator<<(std::ostream& stream, const HttpRequest& request);

/// What the receiver of a reply wants next.
enum class SinkAction : std::uint8_t {
  proceed,
  pause,  ///< Deliver nothing until `Exchange::resume`. `perform`, which nobody can resume, goes on instead.
  stop,   ///< End the exchange and close its connection; the outcome is `stopped`.
  /// Nothing more is wanted, because the reply says itself that it is over. The outcome is `stopped`, at once; the
  /// transport may read on for at most 50 ms to be able to use the connection again, and delivers nothing of that.
  finish,
};

/// Receives one reply. `on_head` comes once and before any `on_body`; interim (1xx) heads are not reported.
class CHATOPEN_EXPORT ResponseSink {
 public:
  virtual ~ResponseSink();
  /// The status and the header lines, in the order in which they came.
  [[nodiscard]] virtual SinkAction on_head(int status, const std::vector<HttpHeader>& headers) = 0;
  /// The next bytes of the body, decompressed; valid only during the call.
  [[nodiscard]] virtual SinkAction on_body(std::string_view bytes) = 0;
};

/// How an exchange failed below HTTP, or by breaking HTTP.
enum class TransportFailure : std::uint8_t {
  resolve,             ///< The name could not be resolved.
  connect,             ///< Refused or unreachable.
  tls,                 ///< The handshake failed.
  certificate,         ///< A certificate was refused: the server's, or by the server ours.
  proxy,               ///< The proxy refused or could not be reached.
  connection_reset,    ///< The connection broke before the reply's body began.
  connect_timeout,     ///< `Timeouts::connect` passed.
  first_byte_timeout,  ///< `Timeouts::first_byte` passed.
  idle_timeout,        ///< `Timeouts::idle` passed.
  total_timeout,       ///< `Timeouts::total` passed.
  truncated,           ///< The body was cut.
  protocol,            ///< The reply breaks HTTP, or its compression is corrupt.
  headers_too_large,   ///< `Limits::max_header_bytes` or `max_header_lines` exceeded.
  body_too_large,      ///< `Limits::max_reply_bytes` exceeded.
  cancelled,           ///< The token was cancelled.
  request_body,        ///< The request's body could not be read; `TransportOutcome::message` says why.
  invalid_request,     ///< This transport cannot send such a request (scheme, URL, header).
  settings,            ///< The transport's own settings are unusable (CA file, client key, a mock's script).
  resource,            ///< The system refused memory, a descriptor or a thread.
};

/// The failure's name, as spelled in the enumeration.
[[nodiscard]] CHATOPEN_EXPORT std::string_view to_string(TransportFailure failure) noexcept;

/// How the end of the reply's body is known.
enum class BodyEnd : std::uint8_t {
  none,               ///< It did not end.
  connection_closed,  ///< The connection closed, which may also mean that the body was cut.
  proven,             ///< Last chunk, announced length, or end of stream.
};

/// How an exchange ended. An error status is not a failure: it is a complete exchange.
struct TransportOutcome {
  /// Empty when the reply is complete or the sink stopped it.
  std::optional<TransportFailure> failure = {};
  /// The sink answered `stop` or `finish`.
  bool stopped = false;
  /// Whether any byte of the request (not of the TLS handshake) was written to a connection. False proves that the
  /// server did not process it.
  bool request_bytes_written = false;
  /// How the end of the reply's body is known.
  BodyEnd body_end = BodyEnd::none;
  /// The failure for humans, without secrets.
  std::string message = {};
};

/// A started exchange. The handle may be dropped at any time; that alone does not cancel.
class CHATOPEN_EXPORT Exchange {
 public:
  virtual ~Exchange();
  /// Ends the exchange as `cancelled` unless it has ended. Any thread; does not wait.
  virtual void cancel() noexcept = 0;
  /// Goes on after `SinkAction::pause`. Any thread; no effect when not paused.
  virtual void resume() noexcept = 0;
};

/// Receives the end of a started exchange, exactly once; the sink is not called afterwards.
class CHATOPEN_EXPORT ExchangeCompletion {
 public:
  virtual ~ExchangeCompletion();
  /// How the exchange ended.
  virtual void on_complete(TransportOutcome outcome) = 0;
};

/// Sends one HTTP request and delivers its reply. Must never send the request twice, follow a redirect, or keep state
/// such as cookies between exchanges. Every member must be safe to call from many threads at once.
class CHATOPEN_EXPORT Transport {
 public:
  virtual ~Transport();

  /// Runs the exchange to its end on the caller's thread. Must end within 50 ms of a cancellation.
  [[nodiscard]] virtual TransportOutcome perform(const HttpRequest& request, ResponseSink& sink,
                                                 const CancelToken& cancel) = 0;

  /// Starts the exchange and returns at once; sink and completion, which must not throw, are called on a thread of the
  /// transport's, or within `poll`. When it fails at once, the completion may be called before this returns. Must end
  /// within 50 ms of a cancellation. Null, the default, when this transport has no asynchronous half: then nothing was
  /// started, and `perform` is used instead, on at most 32 threads for each client. More calls wait for one, which no
  /// deadline ends, only a cancellation.
  [[nodiscard]] virtual std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                        std::shared_ptr<ResponseSink> sink,
                                                        std::shared_ptr<ExchangeCompletion> completion);

  /// Whether started exchanges go on only while somebody calls `poll`. False by default.
  [[nodiscard]] virtual bool poll_driven() const noexcept;
  /// Runs what is ready of the started exchanges on the caller's thread, after waiting for that at most `budget`. False
  /// when it did nothing: unless `poll_driven`, while another thread is in it, and within a sink or completion that it
  /// calls.
  virtual bool poll(std::chrono::milliseconds budget);
};

}  // namespace chatopen
