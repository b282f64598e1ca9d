#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatopen::sandbox {

/// Null when a `%` is without two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace chatopen::sandbox
