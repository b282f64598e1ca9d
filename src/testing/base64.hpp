#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatopen::testing {

// RFC 4648, section 4, for what a cassette holds of it: the SDK's own encoder is no part of its ABI.

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// None when the text is not Base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace chatopen::testing
