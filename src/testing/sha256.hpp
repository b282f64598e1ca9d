#pragma once

#include <string>
#include <string_view>

namespace chatopen::testing {

/// SHA-256 (FIPS 180-4) in hexadecimal digits, as `sha256sum` prints it.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace chatopen::testing
