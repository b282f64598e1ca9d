#pragma once

#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace chatopen::program {

/// What the command line says about the client and its calls.
struct ConnectionOptions {
  std::string config = {};
  std::string profile = {};
  bool sandbox = false;
  std::string ca_file = {};
  std::vector<std::string> headers = {};
  Timeouts timeouts = {};
  std::optional<int> retries = {};
};

/// `--config` and `--profile`.
void add_profile_options(CLI::App& command, ConnectionOptions& options);
/// These, and everything else that a command which calls the service takes.
void add_connection_options(CLI::App& command, ConnectionOptions& options);

/// A value, and where it comes from.
struct Origin {
  std::string name = {};
  std::string value = {};
  std::string from = {};
};

/// What a client will be made from.
struct Settings {
  ClientOptions options = {};
  /// Every setting with its origin; credentials only as set or not set.
  std::vector<Origin> origins = {};
};

/// From the command line, else the environment, else the configuration file. What is missing stays empty.
/// Errors: as `ClientOptions::from_file`.
[[nodiscard]] Result<Settings> load_settings(const ConnectionOptions& chosen);

/// The headers as a call takes them. Errors: `invalid_argument` for one without a colon.
[[nodiscard]] Result<std::vector<HttpHeader>> parse_headers(const std::vector<std::string>& lines);

}  // namespace chatopen::program
