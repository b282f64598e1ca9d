#pragma once

#include <string>
#include <string_view>

namespace chatopen::sandbox {

// For the directives of `X-Sandbox-Reply`; `directive` is what refusals name.

[[noreturn]] void refuse_directive(std::string_view directive, const std::string& reason);

[[nodiscard]] int parse_integer(std::string_view directive, std::string_view text, int min, int max);

/// The value of the pair whose name the text is.
template <typename NamesAndValues>
[[nodiscard]] auto parse_choice(std::string_view directive, std::string_view text, const NamesAndValues& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  refuse_directive(directive, "expected one of " + names);
}

}  // namespace chatopen::sandbox
