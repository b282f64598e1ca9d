#pragma once

#include <chatopen/export.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chatopen::base {

// Header names, schemes and hosts compare without case in ASCII only; <cctype> depends on the locale.
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

[[nodiscard]] constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// What may stand around the value of a header.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t';
}

[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

[[nodiscard]] bool has_character(std::string_view text, bool (*is)(char) noexcept) noexcept;

/// Whether the word is among those of a list with a space between two, without case. An array of views would cost a
/// position-independent program three times the words.
[[nodiscard]] bool is_one_of(std::string_view word, std::string_view words) noexcept;

/// A text that is nothing but digits, as a number. Exported for the sandbox.
[[nodiscard]] CHATOPEN_EXPORT std::optional<std::int64_t> parse_digits(std::string_view text, int base = 10) noexcept;

}  // namespace chatopen::base
