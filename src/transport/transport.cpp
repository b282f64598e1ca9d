#include <chatopen/transport.hpp>

#include "base/redact.hpp"

#include <ostream>

namespace chatopen {

BodySource::~BodySource() = default;
ResponseSink::~ResponseSink() = default;
Exchange::~Exchange() = default;
ExchangeCompletion::~ExchangeCompletion() = default;
Transport::~Transport() = default;

std::optional<std::uint64_t> Body::size() const noexcept {
  return source_ == nullptr ? std::optional<std::uint64_t>(text_.size()) : source_->size();
}

std::unique_ptr<Exchange> Transport::start(std::shared_ptr<const HttpRequest> /*request*/,
                                           std::shared_ptr<ResponseSink> /*sink*/,
                                           std::shared_ptr<ExchangeCompletion> /*completion*/) {
  return nullptr;
}

bool Transport::poll_driven() const noexcept {
  return false;
}

bool Transport::poll(std::chrono::milliseconds /*budget*/) {
  return false;
}

std::ostream& operator<<(std::ostream& stream, const HttpRequest& request) {
  stream << request.method << ' ' << base::loggable_url(request.url);
  for (const HttpHeader& header : request.headers) {
    stream << '\n' << header.name << ": " << (base::is_loggable_header(header.name) ? header.value : "[redacted]");
  }
  return stream;
}

std::string_view to_string(TransportFailure failure) noexcept {
  switch (failure) {
    case TransportFailure::resolve: return "resolve";
    case TransportFailure::connect: return "connect";
    case TransportFailure::tls: return "tls";
    case TransportFailure::certificate: return "certificate";
    case TransportFailure::proxy: return "proxy";
    case TransportFailure::connection_reset: return "connection_reset";
    case TransportFailure::connect_timeout: return "connect_timeout";
    case TransportFailure::first_byte_timeout: return "first_byte_timeout";
    case TransportFailure::idle_timeout: return "idle_timeout";
    case TransportFailure::total_timeout: return "total_timeout";
    case TransportFailure::truncated: return "truncated";
    case TransportFailure::protocol: return "protocol";
    case TransportFailure::headers_too_large: return "headers_too_large";
    case TransportFailure::body_too_large: return "body_too_large";
    case TransportFailure::cancelled: return "cancelled";
    case TransportFailure::request_body: return "request_body";
    case TransportFailure::invalid_request: return "invalid_request";
    case TransportFailure::settings: return "settings";
    case TransportFailure::resource: return "resource";
  }
  return "unknown";
}

}  // namespace chatopen
