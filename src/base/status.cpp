#include "base/status.hpp"

namespace chatopen::base {

ErrorKind kind_of_status(int status) noexcept {
  switch (status) {
    case 401: return ErrorKind::authentication;
    case 403: return ErrorKind::permission_denied;
    case 404: return ErrorKind::not_found;
    case 429: return ErrorKind::rate_limited;
  }
  if (status >= 300 && status < 400) return ErrorKind::redirect_refused;
  if (status >= 400 && status < 500) return ErrorKind::invalid_request;
  if (status >= 500 && status < 600) return ErrorKind::server_error;
  return ErrorKind::api;
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
  }
  return {};
}

}  // namespace chatopen::base
