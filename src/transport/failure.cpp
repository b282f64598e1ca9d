#include "transport/failure.hpp"

namespace chatopen::transport {
namespace {

struct Description {
  ErrorKind kind;
  const char* message;
};

Description description_of(TransportFailure failure) noexcept {
  switch (failure) {
    case TransportFailure::resolve: return {ErrorKind::resolve, "the host's name could not be resolved"};
    case TransportFailure::connect: return {ErrorKind::connect, "no connection to the host"};
    case TransportFailure::tls: return {ErrorKind::tls, "the TLS handshake failed"};
    case TransportFailure::certificate: return {ErrorKind::tls, "a certificate was refused"};
    case TransportFailure::proxy: return {ErrorKind::proxy, "the proxy refused or could not be reached"};
    case TransportFailure::connection_reset: return {ErrorKind::connection, "the connection broke before a reply came"};
    case TransportFailure::connect_timeout: return {ErrorKind::timeout, "the connect deadline passed"};
    case TransportFailure::first_byte_timeout: return {ErrorKind::timeout, "the first-byte deadline passed"};
    case TransportFailure::idle_timeout: return {ErrorKind::timeout, "the idle deadline passed"};
    case TransportFailure::total_timeout: return {ErrorKind::timeout, "the total deadline passed"};
    case TransportFailure::truncated: return {ErrorKind::truncated, "the reply was cut before its end"};
    case TransportFailure::protocol: return {ErrorKind::protocol, "the reply breaks HTTP"};
    case TransportFailure::headers_too_large: return {ErrorKind::too_large, "the reply's headers exceed the limit"};
    case TransportFailure::body_too_large: return {ErrorKind::too_large, "the reply's body exceeds the limit"};
    case TransportFailure::cancelled: return {ErrorKind::cancelled, "the call was cancelled"};
    case TransportFailure::request_body: return {ErrorKind::io, "the request's body could not be read"};
    case TransportFailure::invalid_request: return {ErrorKind::invalid_argument, "the request cannot be sent"};
    case TransportFailure::settings: return {ErrorKind::configuration, "the transport's own settings are unusable"};
    case TransportFailure::resource: return {ErrorKind::io, "the system refused a resource"};
  }
  return {ErrorKind::protocol, "unknown failure"};
}

}  // namespace

Error error_of(const TransportOutcome& outcome) {
  const Description description = description_of(*outcome.failure);
  return {.kind = description.kind,
          .message = description.message,
          .detail = outcome.message,
          .maybe_processed = outcome.request_bytes_written};
}

RetryClass class_of(const TransportOutcome& outcome) noexcept {
  switch (*outcome.failure) {
    case TransportFailure::resolve:
    case TransportFailure::connect:
    case TransportFailure::tls:
    case TransportFailure::proxy:
    case TransportFailure::connection_reset:
    case TransportFailure::connect_timeout:
    case TransportFailure::first_byte_timeout:
    case TransportFailure::resource:
      return outcome.request_bytes_written ? RetryClass::ambiguous : RetryClass::not_processed;
    case TransportFailure::idle_timeout:
    case TransportFailure::truncated: return RetryClass::ambiguous;
    // A repetition meets the same certificate, limit or fault, or is not wanted.
    case TransportFailure::certificate:
    case TransportFailure::total_timeout:
    case TransportFailure::protocol:
    case TransportFailure::headers_too_large:
    case TransportFailure::body_too_large:
    case TransportFailure::cancelled:
    case TransportFailure::request_body:
    case TransportFailure::invalid_request:
    case TransportFailure::settings: return RetryClass::never;
  }
  return RetryClass::never;
}

}  // namespace chatopen::transport
