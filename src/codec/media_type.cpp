#include "codec/media_type.hpp"

namespace chatopen::codec {

std::string_view media_type_of(std::string_view first_bytes) noexcept {
  using namespace std::string_view_literals;
  if (first_bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (first_bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (first_bytes.starts_with("GIF87a"sv) || first_bytes.starts_with("GIF89a"sv)) return "image/gif";
  // Between the two words stands the file's length.
  if (first_bytes.starts_with("RIFF"sv) && first_bytes.size() >= 12 && first_bytes.substr(8, 4) == "WEBP"sv) {
    return "image/webp";
  }
  if (first_bytes.starts_with("BM"sv)) return "image/bmp";
  return {};
}

}  // namespace chatopen::codec
