#pragma once

#include <chatopen/endpoint.hpp>
#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::client {

/// The path with every `{model}` replaced by the model's name, percent-encoded so that it stays in its segment.
[[nodiscard]] std::string fill_model(std::string_view path, std::string_view model);

/// Whether the path cannot be sent to; otherwise `expanded`, which must be empty, becomes what stands in the URL.
[[nodiscard]] bool refuses_path(std::string_view path, std::string_view model, std::string& expanded, Error& fault);

/// Where a request goes, ready for the URL, and in which form.
struct Route {
  std::string path;
  WireForm wire_form;
};

/// The endpoint's route: overridden by the first override of its name, the model filled in, and percent-encoded.
/// Errors: `invalid_argument` naming what cannot stand in a path.
[[nodiscard]] Result<Route> route_of(const Endpoint& endpoint, const std::vector<EndpointOverride>& overrides);

}  // namespace chatopen::client
