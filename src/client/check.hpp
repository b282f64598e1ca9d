#pragma once

#include <chatopen/error.hpp>
#include <chatopen/options.hpp>

#include <vector>

namespace chatopen::client {

// What can be checked without the network. Each returns whether it found a fault, and then describes the first, naming
// the option and how to mend it, without repeating a credential.
[[nodiscard]] bool refuses(const Credentials& credentials, Error& fault);
[[nodiscard]] bool refuses(const Timeouts& timeouts, Error& fault);
[[nodiscard]] bool refuses(const RetryPolicy& policy, Error& fault);
[[nodiscard]] bool refuses(const Limits& limits, Error& fault);
[[nodiscard]] bool refuses(const std::vector<EndpointOverride>& overrides, Error& fault);
[[nodiscard]] bool refuses(const std::vector<HttpHeader>& call_headers, Error& fault);

}  // namespace chatopen::client
