#include "base/ascii.hpp"

#include <charconv>
#include <system_error>

namespace chatopen::base {

bool has_character(std::string_view text, bool (*is)(char) noexcept) noexcept {
  for (const char c : text) {
    if (is(c)) return true;
  }
  return false;
}

bool is_one_of(std::string_view word, std::string_view words) noexcept {
  for (std::size_t end = 0; !words.empty(); words.remove_prefix(std::min(end + 1, words.size()))) {
    end = std::min(words.find(' '), words.size());
    if (equal_ignoring_case(word, words.substr(0, end))) return true;
  }
  return false;
}

std::optional<std::int64_t> parse_digits(std::string_view text, int base) noexcept {
  if (text.empty() || text.front() == '-') return std::nullopt;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, number, base);
  return fault == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

}  // namespace chatopen::base
