#include "sandbox/jpeg.hpp"

#include <cstddef>

namespace chatopen::sandbox {
namespace {

std::string two_bytes(int number) {
  return {static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}

std::string segment(char marker, const std::string& content) {
  return std::string("\xff") + marker + two_bytes(static_cast<int>(content.size()) + 2) + content;
}

// One code, `0`, for one symbol: no difference, or the end of the block.
std::string code_table(char id) {
  std::string table(1 + 16 + 1, '\0');
  table[0] = id;
  table[1] = 1;
  return table;
}

}  // namespace

std::string make_jpeg(int width, int height) {
  using namespace std::string_literals;
  const std::string quantisation = "\0"s + std::string(64, '\1');
  const std::string frame = "\x08"s + two_bytes(height) + two_bytes(width) + "\x01\x01\x11\x00"s;
  // Every block is two codes: as bright as the one before, and nothing else.
  const std::size_t bits =
      std::size_t{2} * static_cast<std::size_t>((width + 7) / 8) * static_cast<std::size_t>((height + 7) / 8);
  std::string blocks(bits / 8, '\0');
  // Filled up with ones.
  if (bits % 8 != 0) blocks += static_cast<char>(0xff >> bits % 8);
  return "\xff\xd8" + segment('\xdb', quantisation) + segment('\xc0', frame) + segment('\xc4', code_table('\x00')) +
         segment('\xc4', code_table('\x10')) + segment('\xda', "\x01\x01\x00\x00\x3f\x00"s) + blocks + "\xff\xd9";
}

}  // namespace chatopen::sandbox
