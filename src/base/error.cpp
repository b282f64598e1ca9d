#include <chatopen/error.hpp>
#include <chatopen/result.hpp>

#include <ostream>
#include <utility>

namespace chatopen {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid_argument";
    case ErrorKind::configuration: return "configuration";
    case ErrorKind::io: return "io";
    case ErrorKind::resolve: return "resolve";
    case ErrorKind::connect: return "connect";
    case ErrorKind::tls: return "tls";
    case ErrorKind::proxy: return "proxy";
    case ErrorKind::connection: return "connection";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::truncated: return "truncated";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::redirect_refused: return "redirect_refused";
    case ErrorKind::protocol: return "protocol";
    case ErrorKind::too_large: return "too_large";
    case ErrorKind::authentication: return "authentication";
    case ErrorKind::permission_denied: return "permission_denied";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::rate_limited: return "rate_limited";
    case ErrorKind::invalid_request: return "invalid_request";
    case ErrorKind::server_error: return "server_error";
    case ErrorKind::api: return "api";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& stream, ErrorKind kind) {
  return stream << to_string(kind);
}

std::string to_string(const Error& error) {
  std::string line(to_string(error.kind));
  if (error.http_status != 0) line.append(" (HTTP ").append(std::to_string(error.http_status)) += ')';
  if (!error.code.empty()) line.append(" [code ").append(error.code) += ']';
  line.append(": ").append(error.message);
  if (!error.detail.empty()) line.append(" (").append(error.detail) += ')';
  if (!error.request_id.empty()) line.append("; request id ").append(error.request_id);
  if (error.retry_after) line.append("; retry after ").append(std::to_string(error.retry_after->count())) += " ms";
  if (error.attempts > 1) line.append("; ").append(std::to_string(error.attempts)) += " attempts";
  if (error.maybe_processed) line += "; the service may have processed the request";
  // Text from outside must not break the line in two.
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

std::ostream& operator<<(std::ostream& stream, const Error& error) {
  return stream << to_string(error);
}

struct Exception::State {
  Error error;
  std::string line;
};

Exception::Exception(Error error) {
  std::string line = to_string(error);
  state_ = std::make_shared<const State>(State{std::move(error), std::move(line)});
}

Exception::Exception(const Exception&) noexcept = default;
Exception& Exception::operator=(const Exception&) noexcept = default;
Exception::~Exception() = default;

const Error& Exception::error() const noexcept {
  return state_->error;
}
const char* Exception::what() const noexcept {
  return state_->line.c_str();
}

namespace detail {

void throw_error(const Error& error) {
#if defined(__cpp_exceptions)
  throw Exception(error);
#else
  static_cast<void>(error);
  std::terminate();
#endif
}

void no_error_to_return() noexcept {
  std::terminate();
}

void move_error(Error* where, Error& from) noexcept {
  std::construct_at(where, std::move(from));
}

void copy_error(Error* where, const Error& from) {
  std::construct_at(where, from);
}

void destroy_error(Error& error) noexcept {
  std::destroy_at(&error);
}

}  // namespace detail

Result<void>::Result(Error error) : error_(std::make_shared<const Error>(std::move(error))) {}

void Result<void>::value() const {
  if (error_ != nullptr) detail::throw_error(*error_);
}

const Error& Result<void>::error() const& noexcept {
  if (error_ == nullptr) detail::no_error_to_return();
  return *error_;
}

Error Result<void>::error() && noexcept {
  return error();
}

}  // namespace chatopen
