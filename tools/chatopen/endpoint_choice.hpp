#pragma once

#include <chatopen/endpoint.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace chatopen::program {

/// The twelve endpoints of the reference, and the one for uploads.
[[nodiscard]] std::vector<Endpoint> named_endpoints();

/// The forms that a command takes whose own is this one.
[[nodiscard]] std::vector<WireForm> forms_like(WireForm form);

/// What a command asks unless it is told otherwise.
struct EndpointDefaults {
  /// The endpoint's name.
  const char* endpoint;
  /// The endpoint's name when only a model is named.
  const char* for_model;
  /// The form at a path of the caller's own.
  WireForm form;
};

inline constexpr EndpointDefaults chat_endpoint{"gpt-4o-multimodal", "general-llm", WireForm::messages};

/// Which endpoint is asked, as users name it.
struct EndpointChoice {
  std::string endpoint = {};
  std::string model = {};
  std::string path = {};
  std::string form = {};

  /// The endpoint by its name, with the model in its path; or the path in its form. Errors: `invalid_argument`.
  [[nodiscard]] Result<Endpoint> resolve(const EndpointDefaults& defaults) const;
};

/// `--endpoint`, `--model`, `--path` and `--form`.
void add_endpoint_options(CLI::App& command, EndpointChoice& choice, const EndpointDefaults& defaults);

}  // namespace chatopen::program
