#include "codec/surrogate_halves.hpp"

#include <cstddef>

namespace chatopen::codec {
namespace {

constexpr std::size_t mark_size = 4;
constexpr unsigned mark_offset = 0x100000;
// What marks begin with in UTF-8: they are U+10D800 to U+10DFFF. So do the 2,048 characters before them.
constexpr std::string_view mark_lead = "\xF4\x8D";

void append_four_bytes(unsigned character, std::string& text) {
  const auto last_bits = [character](unsigned shift) {
    return static_cast<char>(0x80 | ((character >> shift) & 0x3F));
  };
  text += static_cast<char>(0xF0 | (character >> 18));
  text += last_bits(12);
  text += last_bits(6);
  text += last_bits(0);
}

// The half for which the mark at the start of the text stands, 0 when there is none. The text is valid UTF-8, and no
// character of its own begins as marks do.
unsigned half_of_mark(std::string_view text) noexcept {
  if (!text.starts_with(mark_lead)) return 0;
  const auto bits = [text](std::size_t at) { return static_cast<unsigned char>(text[at]) & 0x3Fu; };
  return 0xD000 | bits(2) << 6 | bits(3);
}

}  // namespace

bool may_hold_marks(std::string_view text) noexcept {
  return text.find(mark_lead) != std::string_view::npos;
}

void append_mark(unsigned half, std::string& text) {
  append_four_bytes(mark_offset + half, text);
}

unsigned join_marks(std::string& text) {
  std::string joined;
  unsigned high = 0;
  for (std::size_t at = 0; at < text.size();) {
    const unsigned half = half_of_mark(std::string_view(text).substr(at));
    const bool is_pair = high != 0 && is_low_surrogate(half);
    if (is_pair) {
      append_four_bytes(0x10000 + ((high - 0xD800) << 10) + (half - 0xDC00), joined);
    } else {
      if (high != 0 || is_low_surrogate(half)) joined += replacement_character;
      if (half == 0) joined += text[at];
    }
    high = is_high_surrogate(half) ? half : 0;
    at += half == 0 ? 1 : mark_size;
  }
  text = joined;
  return high;
}

}  // namespace chatopen::codec
