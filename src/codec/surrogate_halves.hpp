#pragma once

#include <string>
#include <string_view>

namespace chatopen::codec {

// JSON may escape the two halves of a character in different strings, but the parser refuses a half that is alone. So
// that it gets through, it is written as a mark: a character for private use, U+100000 beyond the half.

[[nodiscard]] constexpr bool is_high_surrogate(unsigned unit) noexcept {
  return unit >= 0xD800 && unit < 0xDC00;
}
[[nodiscard]] constexpr bool is_low_surrogate(unsigned unit) noexcept {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// U+FFFD.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Whether the text may hold characters of its own that look like marks.
[[nodiscard]] bool may_hold_marks(std::string_view text) noexcept;

void append_mark(unsigned half, std::string& text);

/// Puts characters in the place of marks: one for two halves that belong together, U+FFFD for every other half. A high
/// half at the end is taken away and returned, since its other half may follow; 0 when there is none. The text may hold
/// no characters of its own that look like marks.
[[nodiscard]] unsigned join_marks(std::string& text);

}  // namespace chatopen::codec
