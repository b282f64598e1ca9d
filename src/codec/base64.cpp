#include "codec/base64.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace chatopen::codec {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using Pair = std::array<char, 2>;

// Two characters for every twelve bits: half the look-ups, and small enough for the first-level cache.
constexpr std::array<Pair, 4096> make_pairs() {
  std::array<Pair, 4096> pairs = {};
  for (std::size_t bits = 0; bits < pairs.size(); ++bits) pairs[bits] = {alphabet[bits >> 6], alphabet[bits & 63]};
  return pairs;
}

constexpr std::array<Pair, 4096> pairs = make_pairs();

constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

void base64_encode(std::string_view bytes, char* into) noexcept {
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t bits = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    std::memcpy(into, pairs[bits >> 12].data(), 2);
    std::memcpy(into + 2, pairs[bits & 0xfff].data(), 2);
    into += 4;
  }
  if (i == bytes.size()) return;
  const bool two = i + 2 == bytes.size();
  const std::uint32_t bits = byte_at(bytes, i) << 16 | (two ? byte_at(bytes, i + 1) << 8 : 0);
  std::memcpy(into, pairs[bits >> 12].data(), 2);
  into[2] = two ? alphabet[bits >> 6 & 63] : '=';
  into[3] = '=';
}

}  // namespace chatopen::codec
