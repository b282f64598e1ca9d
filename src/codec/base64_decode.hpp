#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// The bytes (RFC 4648, section 4). Strict: padded, without white space, and no bits beyond the end; empty otherwise.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace chatopen::codec
