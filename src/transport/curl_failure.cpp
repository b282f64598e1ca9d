#include "transport/curl_failure.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cerrno>

namespace chatopen::transport {
namespace {

bool is_exhaustion(long system_error) noexcept {
  return system_error == EMFILE || system_error == ENFILE || system_error == ENOBUFS || system_error == ENOMEM;
}

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

// A certificate with a wrong signature leaves OpenSSL's error about that signature in front of the one that says that
// verification failed, and libcurl looks only at the first; it then calls it a failed handshake.
bool names_bad_signature(std::string_view text) noexcept {
  for (const std::string_view routines : {"asn1 encoding routines", "rsa routines", "elliptic curve routines",
                                          "x509 certificate routines", "Provider routines"}) {
    if (contains(text, routines)) return true;
  }
  return false;
}

// How a server says that it does not accept the client's certificate, or the lack of one.
bool names_refused_client(std::string_view text) noexcept {
  if (!contains(text, "alert")) return false;
  for (const std::string_view reason : {"certificate", "unknown ca", "decrypt error", "access denied"}) {
    if (contains(text, reason)) return true;
  }
  return false;
}

// Without a text, the connection has nothing left to do: usually a GOAWAY that has ended its last stream.
bool names_http2_fault(std::string_view text) noexcept {
  return !text.empty();
}

TransportFailure failure_while_connecting(CURLcode code, std::string_view text, bool through_proxy) noexcept {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT: return TransportFailure::invalid_request;
    case CURLE_COULDNT_RESOLVE_HOST:
      return contains(text, "thread failed to start") ? TransportFailure::resource : TransportFailure::resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: return through_proxy ? TransportFailure::proxy : TransportFailure::connect;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return TransportFailure::proxy;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      // Before the request only a tunnel is spoken to; libcurl names it in its text alone.
      return through_proxy || contains(text, "roxy") || contains(text, "CONNECT") ? TransportFailure::proxy
                                                                                  : TransportFailure::connect;
    default: return TransportFailure::connect;
  }
}

TransportFailure failure_while_waiting(CURLcode code, std::string_view text) noexcept {
  switch (code) {
    // In TLS 1.3 a server refuses the client's certificate after the client believes the handshake done.
    case CURLE_RECV_ERROR:
      return names_refused_client(text) ? TransportFailure::certificate : TransportFailure::connection_reset;
    // Within a head libcurl runs out of memory only by its own cap on a line.
    case CURLE_OUT_OF_MEMORY: return TransportFailure::headers_too_large;
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE: return TransportFailure::headers_too_large;
#endif
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR: return TransportFailure::protocol;
    case CURLE_HTTP2: return names_http2_fault(text) ? TransportFailure::protocol : TransportFailure::connection_reset;
    default: return TransportFailure::connection_reset;
  }
}

TransportFailure failure_while_receiving(CURLcode code, std::string_view text) noexcept {
  switch (code) {
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR: return TransportFailure::protocol;
    case CURLE_HTTP2: return names_http2_fault(text) ? TransportFailure::protocol : TransportFailure::truncated;
    case CURLE_RECV_ERROR: return names_broken_chunk(text) ? TransportFailure::protocol : TransportFailure::truncated;
    default: return TransportFailure::truncated;
  }
}

}  // namespace

TransportFailure failure_of(CURLcode code, CurlPhase phase, std::string_view text, long system_error,
                            bool through_proxy) noexcept {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH: return TransportFailure::certificate;
    case CURLE_SSL_CONNECT_ERROR:
      return names_bad_signature(text) || names_refused_client(text) ? TransportFailure::certificate
                                                                     : TransportFailure::tls;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED: return TransportFailure::settings;
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_USE_SSL_FAILED: return TransportFailure::tls;
    case CURLE_READ_ERROR: return TransportFailure::request_body;
    case CURLE_FAILED_INIT: return TransportFailure::resource;
    case CURLE_OUT_OF_MEMORY:
      if (phase != CurlPhase::waiting) return TransportFailure::resource;
      break;
    default: break;
  }
  switch (phase) {
    case CurlPhase::connecting:
      if (is_exhaustion(system_error)) return TransportFailure::resource;
      return failure_while_connecting(code, text, through_proxy);
    case CurlPhase::waiting: return failure_while_waiting(code, text);
    case CurlPhase::receiving: return failure_while_receiving(code, text);
  }
  return TransportFailure::connection_reset;
}

bool names_broken_chunk(std::string_view text) noexcept {
  return contains(text, "chunk");
}

bool names_another_peer(std::string_view text, std::string_view host) noexcept {
  constexpr std::string_view beginning = "Failed to connect to ";
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return !base::equal_ignoring_case(text.substr(0, text.find(' ')), host);
}

std::string_view describe(TransportFailure deadline) noexcept {
  switch (deadline) {
    case TransportFailure::connect_timeout: return "no connection was made within Timeouts::connect";
    case TransportFailure::first_byte_timeout:
      return "the head of the reply did not arrive within Timeouts::first_byte";
    case TransportFailure::idle_timeout: return "nothing more of the reply arrived within Timeouts::idle";
    default: return "the exchange did not end within Timeouts::total";
  }
}

std::string describe(CURLcode code, std::string_view text) {
  // libcurl repeats the URL of a proxy that it cannot use, credentials included.
  const bool may_hold_secret = contains(text, "@") || contains(text, "Unsupported proxy");
  std::string message(text.empty() || may_hold_secret ? std::string_view(curl_easy_strerror(code)) : text);
  std::replace_if(message.begin(), message.end(), base::is_control, ' ');
  return message;
}

}  // namespace chatopen::transport
