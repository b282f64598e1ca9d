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

constexpr std::uint64_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

// Compilers make this one load.
constexpr std::uint64_t big_endian(const char* eight_bytes) noexcept {
  const std::string_view b(eight_bytes, 8);
  return byte_at(b, 0) << 56 | byte_at(b, 1) << 48 | byte_at(b, 2) << 40 | byte_at(b, 3) << 32 | byte_at(b, 4) << 24 |
         byte_at(b, 5) << 16 | byte_at(b, 6) << 8 | byte_at(b, 7);
}

}  // namespace

void base64_encode(std::string_view bytes, char* into) noexcept {
  std::size_t i = 0;
  // Eight bytes are loaded at once, six of them used.
  for (; i + 8 <= bytes.size(); i += 6) {
    const std::uint64_t bits = big_endian(bytes.data() + i);
    std::memcpy(into, pairs[bits >> 52].data(), 2);
    std::memcpy(into + 2, pairs[bits >> 40 & 0xfff].data(), 2);
    std::memcpy(into + 4, pairs[bits >> 28 & 0xfff].data(), 2);
    std::memcpy(into + 6, pairs[bits >> 16 & 0xfff].data(), 2);
    into += 8;
  }
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint64_t bits = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    std::memcpy(into, pairs[bits >> 12].data(), 2);
    std::memcpy(into + 2, pairs[bits & 0xfff].data(), 2);
    into += 4;
  }
  if (i == bytes.size()) return;
  const bool two = i + 2 == bytes.size();
  const std::uint64_t bits = byte_at(bytes, i) << 16 | (two ? byte_at(bytes, i + 1) << 8 : 0);
  std::memcpy(into, pairs[bits >> 12].data(), 2);
  into[2] = two ? alphabet[bits >> 6 & 63] : '=';
  into[3] = '=';
}

}  // namespace chatopen::codec
