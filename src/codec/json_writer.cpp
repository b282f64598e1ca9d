#include "codec/json_writer.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace chatopen::codec {
namespace {

// 0 for what stands as it is, the letter after the backslash, or 'u' for the long form.
constexpr char escape_of(char c) noexcept {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return static_cast<unsigned char>(c) < 0x20 ? 'u' : '\0';
  }
}

constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes = {};
  for (std::size_t c = 0; c < escapes.size(); ++c) escapes[c] = escape_of(static_cast<char>(c));
  return escapes;
}

constexpr std::array<char, 256> escapes = make_escapes();

constexpr char escape(char c) noexcept {
  return escapes[static_cast<unsigned char>(c)];
}

constexpr std::uint64_t eight(unsigned char byte) noexcept {
  return 0x0101010101010101U * byte;
}

constexpr bool has_zero(std::uint64_t bytes) noexcept {
  return ((bytes - eight(1)) & ~bytes & eight(0x80)) != 0;
}

// Eight bytes at a time, since almost all text needs no escape.
const char* find_escape(const char* at, const char* end) noexcept {
  while (end - at >= 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, 8);
    const bool has_control = ((bytes - eight(0x20)) & ~bytes & eight(0x80)) != 0;
    if (has_control || has_zero(bytes ^ eight('"')) || has_zero(bytes ^ eight('\\'))) break;
    at += 8;
  }
  while (at != end && escape(*at) == 0) ++at;
  return at;
}

std::size_t escaped_size(std::string_view text) noexcept {
  std::size_t size = text.size();
  const char* const end = text.data() + text.size();
  for (const char* at = find_escape(text.data(), end); at != end; at = find_escape(at + 1, end)) {
    size += escape(*at) == 'u' ? 5U : 1U;
  }
  return size;
}

void append_escaped(std::string_view text, std::string& buffer) {
  constexpr std::string_view hex = "0123456789abcdef";
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    const char* const special = find_escape(at, end);
    buffer.append(at, special);
    if (special == end) return;
    std::array<char, 6> escaped = {'\\', escape(*special), '0', '0'};
    std::size_t size = 2;
    if (escape(*special) == 'u') {
      const auto code = static_cast<unsigned char>(*special);
      escaped[4] = hex[code >> 4];
      escaped[5] = hex[code & 15];
      size = 6;
    }
    buffer.append(escaped.data(), size);
    at = special + 1;
  }
}

// A double needs at most 24 characters, a 64-bit integer 20.
using NumberText = std::array<char, 32>;

template <typename Number>
std::string_view format(Number value, NumberText& text) noexcept {
  const std::to_chars_result result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), static_cast<std::size_t>(result.ptr - text.data())};
}

}  // namespace

void JsonWriter::raw(std::string_view json) {
  if (buffer_ != nullptr) {
    buffer_->append(json);
  } else {
    size_ += json.size();
  }
}

void JsonWriter::string(std::string_view text) {
  raw("\"");
  if (buffer_ != nullptr) {
    append_escaped(text, *buffer_);
  } else {
    size_ += escaped_size(text);
  }
  raw("\"");
}

void JsonWriter::number(std::int64_t value) {
  NumberText text;
  raw(format(value, text));
}

void JsonWriter::number(double value) {
  NumberText text;
  raw(format(value, text));
}

}  // namespace chatopen::codec
