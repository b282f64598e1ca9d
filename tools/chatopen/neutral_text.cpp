#include "neutral_text.hpp"

#include <cstdint>
#include <cstdio>
#include <optional>

namespace chatopen::program {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// The character at the beginning of the text; nothing when it is not UTF-8.
std::optional<Character> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return std::nullopt;
  char32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[bytes] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return std::nullopt;
  return Character{code, bytes};
}

bool is_obeyed(char32_t code) {
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool turns_writing = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return control || turns_writing || code == 0x2028 || code == 0x2029;
}

void append_picture(std::string& into, char32_t code) {
  if (code < 0x20 || code == 0x7f) {
    // U+2400 to U+2421 are pictures of the controls.
    into += "\xe2\x90";
    into += static_cast<char>(code == 0x7f ? 0xa1 : 0x80 + code);
    return;
  }
  char name[16];
  std::snprintf(name, sizeof(name), "<U+%04X>", static_cast<unsigned>(code));
  into += name;
}

void append_escape(std::string& into, char32_t code) {
  char escape[8];
  std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(code));
  into += escape;
}

}  // namespace

std::string neutral(std::string_view text, Shape shape) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::optional<Character> character = first_character(text);
    const std::size_t bytes = character ? character->bytes : 1;
    const std::string_view itself = text.substr(0, bytes);
    text.remove_prefix(bytes);
    if (!character) {
      shown += "\xef\xbf\xbd";
    } else if (!is_obeyed(character->code) || itself == "\t" || (itself == "\n" && shape != Shape::line)) {
      shown += itself;
    } else if (shape == Shape::json) {
      // Outside strings JSON has no other control than the line breaks, where a carriage return may go.
      if (itself != "\r") append_escape(shown, character->code);
    } else if (itself != "\r" || shape == Shape::line) {
      append_picture(shown, character->code);
    }
  }
  return shown;
}

}  // namespace chatopen::program
