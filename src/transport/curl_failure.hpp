#pragma once

#include <chatopen/transport.hpp>

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace chatopen::transport {

/// How far an exchange had come when libcurl gave up.
enum class CurlPhase : std::uint8_t {
  connecting,  ///< Resolving, connecting, proxy, TLS: no request byte was written.
  waiting,     ///< The request was begun; no complete head of a reply.
  receiving,   ///< The head is complete.
};

/// What libcurl's code means in this phase. `text` is what libcurl wrote into its error buffer, `system_error` the
/// `errno` that it saw, 0 when none. `CURLE_OPERATION_TIMEDOUT` is a timeout of the system's, not one of `Timeouts`.
[[nodiscard]] TransportFailure failure_of(CURLcode code, CurlPhase phase, std::string_view text, long system_error,
                                          bool through_proxy) noexcept;

/// A reset and a broken chunk share one code; libcurl's text tells them apart.
[[nodiscard]] bool names_broken_chunk(std::string_view text) noexcept;

/// Whether libcurl's text speaks of a failed connection to another host than the request's: a proxy, which the
/// environment may have named.
[[nodiscard]] bool names_another_peer(std::string_view text, std::string_view host) noexcept;

/// A deadline that passed, for humans.
[[nodiscard]] std::string_view describe(TransportFailure deadline) noexcept;

/// The failure for humans: libcurl's own words where they help and hold no secret.
[[nodiscard]] std::string describe(CURLcode code, std::string_view text);

}  // namespace chatopen::transport
