#pragma once

#include <chatopen/options.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <string_view>

namespace chatopen::codec {

/// A profile of a configuration file.
struct Configuration {
  ClientOptions options = {};
  /// Whether any profile of the file holds a credential, so that the file's permissions matter.
  bool holds_credentials = false;
};

/// Reads the text of a configuration file (docs/configuration.md). `profile` empty takes the default one. Errors:
/// `configuration`, naming the member by its path and what is expected; never quoting a value.
[[nodiscard]] Result<Configuration> decode_configuration(std::string_view json, const std::string& profile);

}  // namespace chatopen::codec
