#pragma once

#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <optional>
#include <vector>

namespace chatopen::client {

// What can be checked without the network. Each returns the first fault, naming the option and how to mend it, and
// never repeats a credential.
[[nodiscard]] std::optional<Error> fault_in(const Credentials& credentials);
[[nodiscard]] std::optional<Error> fault_in(const Timeouts& timeouts);
[[nodiscard]] std::optional<Error> fault_in(const RetryPolicy& policy);
[[nodiscard]] std::optional<Error> fault_in(const Limits& limits);
[[nodiscard]] std::optional<Error> fault_in(const std::vector<EndpointOverride>& overrides);
[[nodiscard]] std::optional<Error> fault_in(const std::vector<HttpHeader>& call_headers);

}  // namespace chatopen::client
