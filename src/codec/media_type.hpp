#pragma once

#include <cstddef>
#include <string_view>

namespace chatopen::codec {

/// Bytes that tell every known picture format.
inline constexpr std::size_t magic_bytes_size = 12;

/// The media type of a picture from its first bytes; empty when they are of no known format.
[[nodiscard]] std::string_view media_type_of(std::string_view first_bytes) noexcept;

}  // namespace chatopen::codec
