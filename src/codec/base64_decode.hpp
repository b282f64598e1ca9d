#pragma once

#include <chatopen/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// Bytes that a whole text of so many characters decodes to at most.
[[nodiscard]] constexpr std::size_t base64_decoded_size(std::size_t characters) noexcept {
  return characters / 4 * 3;
}

/// Decodes groups of four characters (RFC 4648, section 4) into `base64_decoded_size(text.size())` bytes at most, and
/// counts them in `written`. False for what an encoder never writes: another character, no whole group, padding before
/// the end, bits behind it. Pieces of whole groups join; padding ends a text, so it is for the caller to see that it
/// stands in the last piece only.
[[nodiscard]] bool base64_decode(std::string_view text, char* into, std::size_t& written) noexcept;

/// The bytes of a whole text; empty for what an encoder never writes. Exported for the recordings of chatopen::testing.
[[nodiscard]] CHATOPEN_EXPORT std::optional<std::string> base64_decode(std::string_view text);

}  // namespace chatopen::codec
