#include "codec/base64_decode.hpp"

#include <array>
#include <cstdint>

namespace chatopen::codec {
namespace {

constexpr unsigned char invalid = 0xff;

constexpr std::array<unsigned char, 256> digits = [] {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<unsigned char, 256> values{};
  values.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  }
  return values;
}();

constexpr std::uint32_t digit(char c) noexcept {
  return digits[static_cast<unsigned char>(c)];
}

}  // namespace

bool base64_decode(std::string_view text, char* into, std::size_t& written) noexcept {
  written = 0;
  if (text.size() % 4 != 0) return false;
  while (!text.empty()) {
    const bool last = text.size() == 4;
    const std::size_t padding = !last || text[3] != '=' ? 0 : text[2] == '=' ? 2 : 1;
    const std::uint32_t a = digit(text[0]);
    const std::uint32_t b = digit(text[1]);
    const std::uint32_t c = padding == 2 ? 0 : digit(text[2]);
    const std::uint32_t d = padding > 0 ? 0 : digit(text[3]);
    if ((a | b | c | d) > 63) return false;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    if ((padding == 2 && (bits & 0xffff) != 0) || (padding == 1 && (bits & 0xff) != 0)) return false;
    into[written++] = static_cast<char>(bits >> 16 & 0xff);
    if (padding < 2) into[written++] = static_cast<char>(bits >> 8 & 0xff);
    if (padding < 1) into[written++] = static_cast<char>(bits & 0xff);
    text.remove_prefix(4);
  }
  return true;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string bytes(base64_decoded_size(text.size()), '\0');
  std::size_t size = 0;
  if (!base64_decode(text, bytes.data(), size)) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace chatopen::codec
