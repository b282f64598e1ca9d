#include "codec/json_repair.hpp"

#include "base/ascii.hpp"
#include "codec/surrogate_halves.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace chatopen::codec {
namespace {

// A backslash, a u, and four digits.
constexpr std::size_t escape_size = 6;

std::optional<unsigned> unicode_escape(std::string_view text) noexcept {
  if (text.size() < escape_size || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  const std::optional<std::int64_t> unit = base::parse_digits(text.substr(2, escape_size - 2), 16);
  if (!unit) return std::nullopt;
  return static_cast<unsigned>(*unit);
}

bool is_half(unsigned unit) noexcept {
  return is_high_surrogate(unit) || is_low_surrogate(unit);
}

// Copies the escape at the start of the text, which begins with a backslash, and returns how long it was.
std::size_t repair_escape(std::string_view text, Halves halves, std::string& out) {
  const std::optional<unsigned> unit = unicode_escape(text);
  if (unit && is_half(*unit) && halves == Halves::marked) {
    append_mark(*unit, out);
    return escape_size;
  }
  std::size_t size = std::min<std::size_t>(text.size(), unit ? escape_size : 2);
  if (unit && is_high_surrogate(*unit)) {
    const std::optional<unsigned> next = unicode_escape(text.substr(escape_size));
    if (next && is_low_surrogate(*next)) size = 2 * escape_size;
  }
  const bool lone = unit && size == escape_size && is_half(*unit);
  out += lone ? replacement_character : text.substr(0, size);
  return size;
}

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  return std::min(text.find_first_not_of("0123456789", at), text.size());
}

// The length of the number at the start of the text by JSON's grammar, 0 when there is none.
std::size_t number_size(std::string_view text) noexcept {
  const std::size_t first = text[0] == '-' ? 1 : 0;
  std::size_t at = skip_digits(text, first);
  if (at == first || (text[first] == '0' && at != first + 1)) return 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    at = skip_digits(text, exponent);
    if (at == exponent) return 0;
  }
  return at;
}

// A string may stand before a colon, where a number may not.
bool is_value_end(std::string_view rest) noexcept {
  const std::size_t next = rest.find_first_not_of(" \t\r\n");
  return next == std::string_view::npos || rest[next] == ',' || rest[next] == '}' || rest[next] == ']';
}

// Copies the number, or what looks like the start of one, and returns how long it was.
std::size_t repair_number(std::string_view text, std::string& out) {
  constexpr std::size_t always_fits = 18;
  const std::size_t size = number_size(text);
  const std::string_view number = text.substr(0, std::max<std::size_t>(size, 1));
  const bool may_not_fit = size > always_fits || number.find_first_of("eE") != std::string_view::npos;
  if (may_not_fit && is_value_end(text.substr(size))) {
    out.append(1, '"').append(number).append(1, '"');
  } else {
    out += number;
  }
  return number.size();
}

}  // namespace

std::string repair_json(std::string_view json, Halves halves) {
  std::string out;
  out.reserve(json.size() + 2 * escape_size);
  bool in_string = false;
  bool in_number = false;
  for (std::size_t at = 0; at < json.size();) {
    const char c = json[at];
    const bool numeric = c == '-' || (c >= '0' && c <= '9');
    if (in_string && c == '\\') {
      at += repair_escape(json.substr(at), halves, out);
    } else if (!in_string && numeric && !in_number) {
      at += repair_number(json.substr(at), out);
      in_number = true;
    } else {
      if (c == '"') in_string = !in_string;
      in_number = in_number && (numeric || c == '.' || c == '+');
      out += c;
      ++at;
    }
  }
  return out;
}

}  // namespace chatopen::codec
