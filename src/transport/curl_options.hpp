#pragma once

#include <chatopen/curl_transport.hpp>

#include <string>

namespace chatopen::transport {

/// Checked options, and what every request of a transport repeats.
struct CurlSettings {
  CurlOptions options = {};
  std::string user_agent_line = {};
  std::string accept_encoding_line = {};
};

/// Errors: `configuration`, naming the option; a proxy's URL is never repeated.
[[nodiscard]] Result<CurlSettings> check_options(CurlOptions options);

}  // namespace chatopen::transport
