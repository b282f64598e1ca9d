#include "sandbox/stream_pieces.hpp"

#include "sandbox/exchange.hpp"
#include "sandbox/json_body.hpp"

namespace chatopen::sandbox {
namespace {

enum class Escaped { what_must_be, all_but_ascii };

std::string inside_of_literal(std::string_view text, Escaped escaped) {
  const std::string literal =
      Json(text).dump(-1, ' ', escaped == Escaped::all_but_ascii, Json::error_handler_t::replace);
  return literal.substr(1, literal.size() - 2);
}

// Of the character or escape that the text, which is not empty, begins with.
std::size_t unit_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first == '\\') return text[1] == 'u' ? 6 : 2;
  if (first < 0x80) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

bool is_high_surrogate(std::string_view unit) {
  return unit.size() == 6 && unit[2] == 'd' && std::string_view("89ab").find(unit[3]) != std::string_view::npos;
}

template <typename IsLast>
std::vector<std::string> split_after(std::string_view escaped, IsLast is_last) {
  std::vector<std::string> pieces;
  std::string piece;
  while (!escaped.empty()) {
    const std::string_view unit = escaped.substr(0, unit_size(escaped));
    escaped.remove_prefix(unit.size());
    piece += unit;
    if (!is_last(unit) && !escaped.empty()) continue;
    pieces.push_back(std::move(piece));
    piece.clear();
  }
  return pieces;
}

}  // namespace

std::vector<std::string> split_by_words(std::string_view text) {
  return split_after(inside_of_literal(text, Escaped::what_must_be), [](std::string_view unit) { return unit == " "; });
}

std::vector<std::string> split_by_words_and_surrogates(std::string_view text) {
  bool found = false;
  auto pieces = split_after(inside_of_literal(text, Escaped::all_but_ascii), [&found](std::string_view unit) {
    const bool high = is_high_surrogate(unit);
    found = found || high;
    return high || unit == " ";
  });
  if (!found) throw Refusal("X-Sandbox-Reply: split-surrogates: the answer has no character beyond U+FFFF");
  return pieces;
}

std::vector<std::string> split_evenly(std::string_view text, std::size_t pieces) {
  const std::string escaped = inside_of_literal(text, Escaped::what_must_be);
  std::size_t units = 0;
  for (std::string_view rest = escaped; !rest.empty(); rest.remove_prefix(unit_size(rest))) ++units;
  if (units < pieces) {
    throw Refusal("X-Sandbox-Reply: events=" + std::to_string(pieces) + ": the answer has only " +
                  std::to_string(units) + " characters");
  }
  std::size_t said = 0;
  std::size_t ended = 0;
  return split_after(escaped, [&](std::string_view) {
    if (++said < units * (ended + 1) / pieces) return false;
    ++ended;
    return true;
  });
}

}  // namespace chatopen::sandbox
