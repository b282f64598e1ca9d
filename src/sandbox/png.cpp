#include "sandbox/png.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace chatopen::sandbox {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? 0xedb88320U ^ crc >> 1 : crc >> 1;
    table[i] = crc;
  }
  return table;
}();

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) crc = crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ crc >> 8;
  return ~crc;
}

std::uint32_t adler_of(std::string_view bytes) {
  constexpr std::uint32_t modulus = 65521;
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % modulus;
    b = (b + a) % modulus;
  }
  return b << 16 | a;
}

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string chunk(const std::string& type, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data + big_endian(crc_of(type + data));
}

// A zlib stream of blocks that are stored as they are.
std::string store(std::string_view bytes) {
  constexpr std::size_t most = 65535;
  std::string stream = "\x78\x01";
  for (std::string_view rest = bytes;;) {
    const std::string_view block = rest.substr(0, most);
    rest.remove_prefix(block.size());
    const auto size = static_cast<std::uint32_t>(block.size());
    stream += rest.empty() ? '\1' : '\0';
    for (const std::uint32_t each : {size, ~size}) {
      stream += static_cast<char>(each & 0xff);
      stream += static_cast<char>(each >> 8 & 0xff);
    }
    stream += block;
    if (rest.empty()) break;
  }
  return stream + big_endian(adler_of(bytes));
}

}  // namespace

std::string make_png(int width, int height, std::uint32_t colour) {
  constexpr int square = 64;
  // A bit for each pixel, behind a byte that says that the line is not filtered.
  const auto line_size = static_cast<std::size_t>((width + 7) / 8);
  std::string pixels;
  pixels.reserve((line_size + 1) * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    pixels += '\0';
    for (std::size_t x = 0; x < line_size; ++x) {
      const bool white = (static_cast<int>(x) * 8 / square + y / square) % 2 != 0;
      pixels += white ? '\xff' : '\0';
    }
  }
  using namespace std::string_literals;
  const std::string header = big_endian(static_cast<std::uint32_t>(width)) +
                             big_endian(static_cast<std::uint32_t>(height)) + "\x01\x03\x00\x00\x00"s;
  const std::string palette = big_endian(colour & 0xffffffU).substr(1) + "\xff\xff\xff";
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("PLTE", palette) + chunk("IDAT", store(pixels)) +
         chunk("IEND", {});
}

}  // namespace chatopen::sandbox
