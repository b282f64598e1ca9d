#pragma once

#include <chatopen/curl_transport.hpp>

namespace chatopen::transport {

/// Checks the options, and fills in the user agent. Errors: `configuration`, naming the option; a proxy's URL is never
/// repeated.
[[nodiscard]] Result<void> check_options(CurlOptions& options);

}  // namespace chatopen::transport
