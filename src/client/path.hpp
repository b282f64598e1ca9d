#pragma once

#include <chatopen/endpoint.hpp>
#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <vector>

namespace chatopen::client {

/// The endpoint's path as it goes into the URL: overridden, with the model filled in, percent-encoded.
/// Errors: `invalid_argument` naming what cannot stand in a path.
[[nodiscard]] Result<std::string> expand_path(const Endpoint& endpoint);

/// The endpoint with the first override of its name applied.
[[nodiscard]] Endpoint apply_overrides(Endpoint endpoint, const std::vector<EndpointOverride>& overrides);

}  // namespace chatopen::client
