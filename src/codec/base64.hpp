#pragma once

#include <chatopen/export.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// Characters that `base64_encode` writes for so many bytes, padding included.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t bytes) noexcept {
  return bytes / 3 * 4 + (bytes % 3 != 0 ? 4 : 0);
}

/// Writes `base64_size(bytes.size())` characters (RFC 4648, section 4). Pieces of one text join when each but the last
/// is a multiple of three bytes long.
void base64_encode(std::string_view bytes, char* into) noexcept;

/// A whole text. Exported for the recordings of chatopen::testing.
[[nodiscard]] CHATOPEN_EXPORT std::string base64_encode(std::string_view bytes);

/// The same for every processor; what `base64_encode` does where there is nothing faster.
void base64_encode_by_table(std::string_view bytes, char* into) noexcept;

}  // namespace chatopen::codec
