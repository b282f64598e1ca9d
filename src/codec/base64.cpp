#include "codec/base64.hpp"

#include <simdjson.h>

#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define CHATOPEN_BASE64_AVX2
#endif

namespace chatopen::codec {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

#ifdef CHATOPEN_BASE64_AVX2
// The JSON parser has found out already; the compiler's own way adds 6 KB to every program.
bool has_avx2() noexcept {
  static const bool has = [] {
    const std::string_view implementation = simdjson::get_active_implementation()->name();
    return implementation == "haswell" || implementation == "icelake";
  }();
  return has;
}

// Muła and Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions". Returns how many bytes it encoded, in
// groups of 24.
__attribute__((target("avx2"))) std::size_t encode_groups_of_24(std::string_view bytes, char* into) noexcept {
  // Each 32 bits get three bytes, the middle one twice.
  const __m256i spread = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  // What to add to a digit for its character, by its range.
  const __m256i offsets =
      _mm256_broadcastsi128_si256(_mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                                '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0));
  std::size_t i = 0;
  // Each half is loaded as sixteen bytes, of which twelve are used.
  for (; i + 28 <= bytes.size(); i += 24) {
    const auto* const from = reinterpret_cast<const __m128i*>(bytes.data() + i);
    const auto* const second_half = reinterpret_cast<const __m128i*>(bytes.data() + i + 12);
    const __m256i in = _mm256_shuffle_epi8(_mm256_loadu2_m128i(second_half, from), spread);
    // Multiplication shifts each of the four digits by a distance of its own.
    const __m256i first_and_third =
        _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    const __m256i second_and_fourth =
        _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    const __m256i digits = _mm256_or_si256(first_and_third, second_and_fourth);
    // 0 for a-z, 1 to 10 for 0-9, 11 for +, 12 for /, 13 for A-Z.
    const __m256i is_upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), digits);
    const __m256i range = _mm256_or_si256(_mm256_subs_epu8(digits, _mm256_set1_epi8(51)),
                                          _mm256_and_si256(is_upper, _mm256_set1_epi8(13)));
    const __m256i characters = _mm256_add_epi8(_mm256_shuffle_epi8(offsets, range), digits);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(into), characters);
    into += 32;
  }
  return i;
}
#endif

}  // namespace

void base64_encode(std::string_view bytes, char* into) noexcept {
#ifdef CHATOPEN_BASE64_AVX2
  if (has_avx2()) {
    const std::size_t encoded = encode_groups_of_24(bytes, into);
    bytes.remove_prefix(encoded);
    into += base64_size(encoded);
  }
#endif
  base64_encode_by_table(bytes, into);
}

std::string base64_encode(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  base64_encode(bytes, text.data());
  return text;
}

void base64_encode_by_table(std::string_view bytes, char* into) noexcept {
  const auto write = [&into](std::uint32_t bits) {
    into[0] = alphabet[bits >> 18];
    into[1] = alphabet[bits >> 12 & 63];
    into[2] = alphabet[bits >> 6 & 63];
    into[3] = alphabet[bits & 63];
    into += 4;
  };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    write(byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2));
  }
  if (i == bytes.size()) return;
  const bool two = i + 2 == bytes.size();
  write(byte_at(bytes, i) << 16 | (two ? byte_at(bytes, i + 1) << 8 : 0));
  into[-1] = '=';
  if (!two) into[-2] = '=';
}

}  // namespace chatopen::codec
