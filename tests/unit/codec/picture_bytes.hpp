#pragma once

#include <string>
#include <string_view>

namespace chatopen {

inline constexpr std::string_view png_magic = "\x89PNG\r\n\x1a\n";
inline constexpr std::string_view jpeg_magic = "\xff\xd8\xff\xe0";

/// Bytes that begin like a picture and go on with every byte value.
inline std::string picture_of(std::string_view magic, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = i < magic.size() ? magic[i] : static_cast<char>(i * 7 & 0xff);
  return bytes;
}

}  // namespace chatopen
