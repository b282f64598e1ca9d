#include "transport/curl_exchange.hpp"

#include "transport/curl_failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace chatopen::transport {
namespace {

// Zero, no limit, and what lies beyond any program's life are the same.
Clock::TimePoint after(Clock::TimePoint start, const std::optional<std::chrono::milliseconds>& limit) noexcept {
  constexpr std::chrono::hours beyond(24 * 365 * 10);
  if (!limit || limit->count() <= 0 || *limit >= beyond) return Clock::TimePoint::max();
  return start + *limit;
}

// How long the rest of a finished reply is read. The caller of `perform` waits for it, so it is less than the 50 ms
// that a finished exchange may take.
constexpr std::chrono::milliseconds drain_alone(20);
constexpr std::chrono::milliseconds drain_in_background(50);

constexpr std::string_view headers_exceed_limits =
    "the reply's headers exceed Limits::max_header_bytes or max_header_lines";

// What a callback that libcurl must not go on after returns; libcurl then ends the transfer.
constexpr std::size_t end_transfer = 0;

}  // namespace

// libcurl sends what is larger apart anyway; read in pieces, it is known how much of it was sent.
bool is_sent_with_head(const Body& body) noexcept {
  constexpr std::size_t longest = std::size_t{16} * 1024;
  return !body.text().empty() && body.text().size() <= longest;
}

CurlExchange::CurlExchange(const HttpRequest& request, ResponseSink& sink, Clock::TimePoint started, CurlRoute route)
    : sink_(sink),
      idle_(request.timeouts.idle),
      body_left_(request.limits.max_reply_bytes),
      head_(request.limits),
      request_(request),
      end_by_(after(started, request.timeouts.total)),
      route_(route) {
  curl_message_[0] = '\0';
  if (!route_.shared_multi) begin(started);
}

CURLcode CurlExchange::attach(CURL* handle) {
  handle_ = handle;
  CURLcode code = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    if (code == CURLE_OK) code = curl_easy_setopt(handle, option, value);
  };
  set(CURLOPT_ERRORBUFFER, curl_message_.data());
  if (route_.shared_multi) {
    set(CURLOPT_RESOLVER_START_FUNCTION, &on_resolve);
    set(CURLOPT_RESOLVER_START_DATA, this);
    set(CURLOPT_SOCKOPTFUNCTION, &on_socket);
    set(CURLOPT_SOCKOPTDATA, this);
  }
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_PREREQFUNCTION, &on_before_request);
  set(CURLOPT_PREREQDATA, this);
  set(CURLOPT_READFUNCTION, &on_read);
  set(CURLOPT_READDATA, this);
  set(CURLOPT_SEEKFUNCTION, &on_seek);
  set(CURLOPT_SEEKDATA, this);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_write);
  set(CURLOPT_WRITEDATA, this);
  return code;
}

Deadline CurlExchange::deadline() const noexcept {
  Deadline earliest{.at = end_by_, .failure = TransportFailure::total_timeout};
  const auto consider = [&](Clock::TimePoint at, TransportFailure failure) {
    if (at < earliest.at) earliest = {.at = at, .failure = failure};
  };
  if (head_.complete()) {
    consider(next_piece_by_, TransportFailure::idle_timeout);
  } else {
    consider(head_by_, TransportFailure::first_byte_timeout);
    if (!request_started_) consider(connect_by_, TransportFailure::connect_timeout);
  }
  return earliest;
}

void CurlExchange::fail(TransportFailure failure, std::string_view message) {
  if (failure_ || finished_) return;
  failure_ = failure;
  message_ = message;
}

// The first sign that libcurl works on the exchange, and no longer lets it wait for a connection.
void CurlExchange::begin(Clock::TimePoint at) noexcept {
  if (begun_) return;
  begun_ = true;
  connect_by_ = after(at, request_.timeouts.connect);
  head_by_ = after(at, request_.timeouts.first_byte);
}

int CurlExchange::on_resolve(void*, void*, void* self) noexcept {
  static_cast<CurlExchange*>(self)->begin(std::chrono::steady_clock::now());
  return 0;
}

int CurlExchange::on_socket(void* self, curl_socket_t, curlsocktype) noexcept {
  static_cast<CurlExchange*>(self)->begin(std::chrono::steady_clock::now());
  return CURL_SOCKOPT_OK;
}

// libcurl does not say why it got no socket, and leaves sockets open to programs that this one starts.
curl_socket_t CurlExchange::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
#ifdef SOCK_CLOEXEC
  const int type = address->socktype | SOCK_CLOEXEC;
#else
  const int type = address->socktype;
#endif
  const curl_socket_t opened = socket(address->family, type, address->protocol);
  if (opened == CURL_SOCKET_BAD) static_cast<CurlExchange*>(self)->socket_error_ = errno;
  return opened;
}

// Called before the first byte of a request is written, and so also before libcurl would write it a second time: after
// a connection that is not new has died, or an HTTP/2 server has refused the stream (REFUSED_STREAM, or a GOAWAY below
// it), which proves that it did not process the request. libcurl does not say which of the two it was (7.88: a reset
// connection, and also a stream that is reset with NO_ERROR behind the head of its reply, look the same), and a
// connection is not new as soon as any other transfer has joined it. So only what had a new connection for itself is
// known to be refused; HTTP_1_1_REQUIRED, which proves less, leaves a text.
int CurlExchange::on_before_request(void* self, char*, char*, int, int) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  if (exchange.request_started_ && exchange.request_may_be_written()) {
    exchange.resend_refused_ = true;
    exchange.stream_refused_ = exchange.on_unshared_new_connection_ && exchange.curl_message_[0] == '\0';
    return CURL_PREREQFUNC_ABORT;
  }
  exchange.request_started_ = true;
  exchange.on_unshared_new_connection_ = !exchange.route_.shared_multi && exchange.opened_a_connection();
  if (!exchange.begun_) exchange.begin(std::chrono::steady_clock::now());
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlExchange::on_read(char* into, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  try {
    return exchange.read_body(into, size * count);
  } catch (...) {
    exchange.exception_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

std::size_t CurlExchange::read_body(char* into, std::size_t capacity) {
  // A server may begin its reply before it has the whole request.
  if (head_.complete()) restart_idle();
  BodySource* const source = request_.body.source();
  if (source == nullptr) {
    const std::string_view rest = std::string_view(request_.body.text()).substr(body_sent_);
    const std::size_t length = std::min(rest.size(), capacity);
    std::memcpy(into, rest.data(), length);
    body_sent_ += length;
    return length;
  }
  const std::optional<std::uint64_t> size = source->size();
  if (size) capacity = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, *size - body_sent_));
  if (capacity == 0) return 0;
  const Result<std::size_t> length = source->read(into, capacity);
  if (!length) {
    fail(TransportFailure::request_body, length.error().message);
    return CURL_READFUNC_ABORT;
  }
  if (*length > capacity || (*length == 0 && size)) {
    fail(TransportFailure::request_body, "the body is not of the size that its source announced");
    return CURL_READFUNC_ABORT;
  }
  body_sent_ += *length;
  return *length;
}

// libcurl rewinds a body only to send it again.
int CurlExchange::on_seek(void* self, curl_off_t offset, int origin) noexcept {
  const auto& exchange = *static_cast<const CurlExchange*>(self);
  return exchange.body_sent_ == 0 && offset == 0 && origin == SEEK_SET ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::size_t CurlExchange::on_header(char* line, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  try {
    return exchange.add_header_line({line, size * count}) ? size * count : end_transfer;
  } catch (...) {
    exchange.exception_ = std::current_exception();
    return end_transfer;
  }
}

bool CurlExchange::add_header_line(std::string_view line) {
  if (finished_) return true;
  switch (head_.add_line(line)) {
    case ReplyHead::Step::more: return true;
    case ReplyHead::Step::too_large: fail(TransportFailure::headers_too_large, headers_exceed_limits); return false;
    case ReplyHead::Step::malformed:
      fail(TransportFailure::protocol, "the reply's head is not valid HTTP");
      return false;
    case ReplyHead::Step::complete: break;
  }
  const bool go_on = obey(sink_.on_head(head_.status(), head_.headers()));
  if (route_.shared_multi) head_.release_headers();
  restart_idle();
  return go_on;
}

std::size_t CurlExchange::on_write(char* bytes, std::size_t size, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<CurlExchange*>(self);
  const std::size_t length = size * count;
  if (length == 0) return length;
  try {
    return exchange.deliver({bytes, length}) ? length : end_transfer;
  } catch (...) {
    exchange.exception_ = std::current_exception();
    return end_transfer;
  }
}

bool CurlExchange::deliver(std::string_view bytes) {
  if (finished_) return true;
  if (!head_.complete()) {
    fail(TransportFailure::protocol, "the reply has a body without a head");
    return false;
  }
  if (bytes.size() > body_left_) {
    fail(TransportFailure::body_too_large, "the reply exceeds Limits::max_reply_bytes");
    return false;
  }
  body_left_ -= bytes.size();
  const bool go_on = obey(sink_.on_body(bytes));
  restart_idle();
  return go_on;
}

bool CurlExchange::obey(SinkAction action) noexcept {
  switch (action) {
    case SinkAction::proceed: break;
    case SinkAction::pause:
      if (!route_.shared_multi) break;
      paused_ = true;
      curl_easy_pause(handle_, CURLPAUSE_RECV);
      break;
    case SinkAction::stop: stopped_ = true; break;
    case SinkAction::finish:
      finished_ = true;
      end_by_ = std::min(end_by_,
                         std::chrono::steady_clock::now() + (route_.shared_multi ? drain_in_background : drain_alone));
      break;
  }
  return !stopped_;
}

CURLcode CurlExchange::resume() noexcept {
  if (!std::exchange(paused_, false)) return CURLE_OK;
  restart_idle();
  return curl_easy_pause(handle_, CURLPAUSE_CONT);
}

// After the sink's callback, so that the caller's own time does not count.
void CurlExchange::restart_idle() noexcept {
  next_piece_by_ = Clock::TimePoint::max();
  if (paused_) return;
  if (idle_ && idle_->count() > 0) next_piece_by_ = after(std::chrono::steady_clock::now(), idle_);
}

TransportOutcome CurlExchange::finish(CURLcode code, Clock::TimePoint now) {
  TransportOutcome outcome;
  outcome.request_bytes_written = request_started_ && request_may_be_written() && !stream_refused_;
  if (!failure_ && (stopped_ || finished_)) {
    outcome.stopped = true;
    return outcome;
  }
  const bool ended = code == CURLE_OK && head_.complete();
  if (!failure_ && (ended || refused_before_body_was_read(code))) {
    const bool proven = ended && (head_.proves_body_end() || request_.method == "HEAD");
    outcome.body_end = proven ? BodyEnd::proven : BodyEnd::connection_closed;
    return outcome;
  }
  if (!failure_) fail_with(code, now);
  outcome.failure = failure_;
  outcome.message = std::move(message_);
  return outcome;
}

bool CurlExchange::opened_a_connection() const noexcept {
  long opened = 0;
  return curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK && opened > 0;
}

// False only where libcurl's count proves it. Behind TLS and HTTP/2 the count lags behind what is on the wire.
bool CurlExchange::request_may_be_written() const noexcept {
  if (!route_.cleartext || body_sent_ > 0) return true;
  long written = 0;
  return curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &written) != CURLE_OK || written > 0;
}

// libcurl counts at least a microsecond once the name, or a literal address, is resolved.
bool CurlExchange::name_is_resolved() const noexcept {
  curl_off_t microseconds = 0;
  return curl_easy_getinfo(handle_, CURLINFO_NAMELOOKUP_TIME_T, &microseconds) != CURLE_OK || microseconds > 0;
}

// A server that refuses a request may close the connection before it has read the body, which resets the connection
// while the body is sent, or while the answer is received. The answer counts all the same.
bool CurlExchange::refused_before_body_was_read(CURLcode code) const noexcept {
  if (!head_.complete() || head_.status() < 400) return false;
  const auto size = request_.body.size();
  if (code == CURLE_PARTIAL_FILE) return size != body_sent_ && !is_sent_with_head(request_.body);
  const bool reset =
      code == CURLE_SEND_ERROR || (code == CURLE_RECV_ERROR && !names_broken_chunk(curl_message_.data()));
  return reset && size != std::uint64_t{0};
}

void CurlExchange::fail_with(CURLcode code, Clock::TimePoint now) {
  const Deadline due = deadline();
  if (code == CURLE_OPERATION_TIMEDOUT && due.at <= now) {
    if (due.failure == TransportFailure::connect_timeout && !name_is_resolved()) {
      fail(TransportFailure::resolve, "the host's name was not resolved within Timeouts::connect");
    } else {
      fail(due.failure, describe(due.failure));
    }
    return;
  }
  if (code == CURLE_OK) {
    fail(TransportFailure::connection_reset, "the connection was closed in the head of the reply");
    return;
  }
  if (stream_refused_) {
    fail(TransportFailure::connection_reset, "the server refused the stream before it processed the request");
    return;
  }
  if (resend_refused_ || code == CURLE_SEND_FAIL_REWIND) {
    fail(TransportFailure::connection_reset, "the connection was closed before a reply came");
    return;
  }
  long system_error = 0;
  curl_easy_getinfo(handle_, CURLINFO_OS_ERRNO, &system_error);
  if (system_error == 0) system_error = socket_error_;
  const CurlPhase phase = !request_started_  ? CurlPhase::connecting
                          : head_.complete() ? CurlPhase::receiving
                                             : CurlPhase::waiting;
  const std::string_view text = curl_message_.data();
  const bool through_proxy = route_.explicit_proxy || names_another_peer(text, route_.host);
  const TransportFailure failure = failure_of(code, phase, text, system_error, through_proxy);
  if (failure == TransportFailure::headers_too_large) {
    fail(failure, headers_exceed_limits);
  } else {
    fail(failure, describe(code, text));
  }
}

}  // namespace chatopen::transport
