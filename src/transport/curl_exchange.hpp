#pragma once

#include "transport/curl_reply_head.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/transport.hpp>

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::transport {

/// A point in time, and what its passing means.
struct Deadline {
  Clock::TimePoint at = Clock::TimePoint::max();
  TransportFailure failure = TransportFailure::total_timeout;
};

/// What an exchange must know of its way to the server.
struct CurlRoute {
  /// What libcurl counts as written went to the connection as it is: HTTP/1 without TLS.
  bool cleartext = false;
  /// `CurlOptions::proxy` is used.
  bool explicit_proxy = false;
  /// Of the URL; must outlive the exchange.
  std::string_view host = {};
  /// It runs on a multi with others: it may have to wait for a connection, which is neither connecting nor waiting for
  /// the reply, and it can be paused and resumed.
  bool shared_multi = false;
};

/// Whether libcurl gets the body as a whole, and so writes it together with the head: one system call, and one packet.
[[nodiscard]] bool is_sent_with_head(const Body& body) noexcept;

/// One exchange on an easy handle: what libcurl calls back into, the deadlines, and the outcome. It must stay where it
/// is until the handle is reset or destroyed.
class CurlExchange {
 public:
  CurlExchange(const HttpRequest& request, ResponseSink& sink, Clock::TimePoint started, CurlRoute route);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  [[nodiscard]] bool shares_multi() const noexcept { return route_.shared_multi; }
  /// Installs the callbacks.
  [[nodiscard]] CURLcode attach(CURL* handle);

  /// The deadline that ends the current phase. Changes only while libcurl runs.
  [[nodiscard]] Deadline deadline() const noexcept;
  /// Ends the exchange with this failure unless it has one; the handle must then be removed from its multi.
  void fail(TransportFailure failure, std::string_view message);

  /// The outcome of a handle that is done with `code`, or that was removed after `fail`.
  [[nodiscard]] TransportOutcome finish(CURLcode code, Clock::TimePoint now);
  /// The sink wants nothing more; what still comes is discarded until `deadline`.
  [[nodiscard]] bool is_finished() const noexcept { return finished_; }
  /// Lets a paused exchange go on, which may call the sink at once. Anything but `CURLE_OK` has ended it.
  [[nodiscard]] CURLcode resume() noexcept;
  /// Whether the connection may carry another exchange after one that libcurl ended with `code`. A server that refuses
  /// a body for its size often closes the connection a little later.
  [[nodiscard]] bool leaves_connection_usable(CURLcode code) const noexcept {
    return code == CURLE_OK && !failure_ && !stopped_ && head_.complete() && head_.status() != 413;
  }
  /// What the sink or the body's source threw. An exception must not cross libcurl's frames, so it waits here.
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

 private:
  static int on_resolve(void*, void*, void* self) noexcept;
  static int on_socket(void* self, curl_socket_t, curlsocktype) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_before_request(void* self, char*, char*, int, int) noexcept;
  static std::size_t on_read(char* into, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
  static std::size_t on_header(char* line, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_write(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;

  [[nodiscard]] std::size_t read_body(char* into, std::size_t capacity);
  [[nodiscard]] bool add_header_line(std::string_view line);
  [[nodiscard]] bool deliver(std::string_view bytes);
  [[nodiscard]] bool obey(SinkAction action) noexcept;
  void begin(Clock::TimePoint at) noexcept;
  void restart_idle() noexcept;

  [[nodiscard]] bool opened_a_connection() const noexcept;
  [[nodiscard]] bool request_may_be_written() const noexcept;
  [[nodiscard]] bool name_is_resolved() const noexcept;
  [[nodiscard]] bool refused_before_body_was_read(CURLcode code) const noexcept;
  void fail_with(CURLcode code, Clock::TimePoint now);

  // What every piece of a reply needs comes first, since with many streams none of it is in the processor's cache.
  ResponseSink& sink_;
  std::optional<std::chrono::milliseconds> idle_;
  Clock::TimePoint next_piece_by_ = Clock::TimePoint::max();
  std::size_t body_left_;
  bool stopped_ = false;
  bool paused_ = false;
  bool finished_ = false;
  bool request_started_ = false;
  bool on_unshared_new_connection_ = false;
  bool resend_refused_ = false;
  bool stream_refused_ = false;
  bool begun_ = false;
  ReplyHead head_;
  const HttpRequest& request_;
  CURL* handle_ = nullptr;
  Clock::TimePoint connect_by_ = Clock::TimePoint::max();
  Clock::TimePoint head_by_ = Clock::TimePoint::max();
  Clock::TimePoint end_by_;
  std::uint64_t body_sent_ = 0;
  std::optional<TransportFailure> failure_;
  std::string message_;
  std::exception_ptr exception_;
  CurlRoute route_;
  int socket_error_ = 0;
  std::array<char, CURL_ERROR_SIZE> curl_message_;
};

}  // namespace chatopen::transport
