#include "base/redact.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::base {
namespace {

// Shorter ones occur in ordinary prose, and are no secrets.
constexpr std::size_t min_secret_bytes = 4;
constexpr std::string_view mark = "[redacted]";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

// JSON within JSON within JSON, as gateways log each other's replies.
constexpr int max_json_depth = 3;

// How a text writes the characters that mean something to it, besides JSON's way.
enum class Escapes { none, percent, html };

// One character of a secret as it stands in a text: how many bytes it takes, 0 when the text is cut within it. What no
// credential has, which is ASCII, reads as '\0'.
struct Character {
  char value = '\0';
  std::size_t size = 0;
};

// Larger than any base where it is none.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

Character read_number(std::string_view text, std::size_t from, std::size_t to, int base) noexcept {
  if (text.size() < to) return {};
  int value = 0;
  for (std::size_t i = from; i < to; ++i) {
    if (digit(text[i]) >= base || value > 0x7f) return {'\0', to};
    value = value * base + digit(text[i]);
  }
  return {value > 0x7f ? '\0' : static_cast<char>(value), to};
}

Character read_entity(std::string_view text) noexcept {
  constexpr std::size_t longest = std::string_view("&#x0000FF;").size();
  const std::size_t end = text.substr(0, longest).find(';');
  if (end == std::string_view::npos) return {'\0', text.size() < longest ? std::size_t{0} : 1};
  if (text[1] == '#') {
    const bool hex = to_lower(text[2]) == 'x';
    return {read_number(text, hex ? 3 : 2, end, hex ? 16 : 10).value, end + 1};
  }
  // Two letters tell them apart: amp, lt, gt, quot, apos.
  constexpr std::string_view names = "am&lt<gt>qu\"ap'";
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (text.substr(1, 2) == names.substr(i, 2)) return {names[i + 2], end + 1};
  }
  return {'\0', end + 1};
}

Character read_character(std::string_view text, Escapes escapes, int json_depth) noexcept {
  if (text.empty()) return {};
  if (json_depth == 0) {
    if (escapes == Escapes::percent && text.front() == '%') return read_number(text, 1, 3, 16);
    if (escapes == Escapes::html && text.front() == '&') return read_entity(text);
    return {text.front(), 1};
  }
  const Character first = read_character(text, escapes, json_depth - 1);
  if (first.value != '\\') return first;
  const Character second = read_character(text.substr(first.size), escapes, json_depth - 1);
  if (second.size == 0) return {};
  const std::size_t size = first.size + second.size;
  return second.value == 'u' ? read_number(text, size, size + 4, 16) : Character{second.value, size};
}

// A credential as it is, or in Base64 as far as its own bytes determine that.
struct Secret {
  std::string_view bytes;
  bool is_base64;

  [[nodiscard]] std::size_t size() const noexcept { return is_base64 ? bytes.size() * 8 / 6 : bytes.size(); }
  [[nodiscard]] bool has(char c, std::size_t i) const noexcept {
    if (!is_base64) return c == bytes[i];
    // What stands in URLs (RFC 4648, 5) differs in two digits.
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = i * 6 / 8;
    const unsigned next = at + 1 < bytes.size() ? static_cast<unsigned char>(bytes[at + 1]) : 0;
    const unsigned bits = 256U * static_cast<unsigned char>(bytes[at]) + next;
    return c == digits[bits >> (10 - i * 6 % 8) & 63];
  }
};

// The bytes that the secret takes at the start of the text, 0 when it does not stand there. A text that may have been
// cut matches also when it ends within the secret.
std::size_t match(std::string_view text, const Secret& secret, Escapes escapes, int json_depth, TextEnd end) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const Character read = read_character(text.substr(at), escapes, json_depth);
    if (read.size == 0) return end == TextEnd::maybe_cut && i >= min_secret_bytes ? text.size() : 0;
    if (!secret.has(read.value, i)) return 0;
    at += read.size;
  }
  return at;
}

// The bytes of the valid UTF-8 character at the start of the text, 0 when there is none.
std::size_t utf8_size(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) >= 0xA0;
  const bool beyond_unicode = first == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond_unicode ? 0 : size;
}

// U+0080 to U+009F: a terminal obeys them as it does ESC.
bool is_c1_control(std::string_view character) noexcept {
  return character.size() == 2 && character[0] == '\xC2' && static_cast<unsigned char>(character[1]) < 0xA0;
}

// What is printed for the character of `size` bytes (0: invalid) at the start of the text. Controls are replaced, not
// dropped: two halves of a secret around one would become the secret.
std::string_view printable(std::string_view text, std::size_t size) noexcept {
  if (size == 0) return replacement;
  const std::string_view character = text.substr(0, size);
  const char first = character.front();
  if (first == '\r') return text.substr(1, 1) == "\n" ? "" : "\n";
  if (first == '\n' || first == '\t') return character;
  return is_control(first) || is_c1_control(character) ? replacement : character;
}

}  // namespace

Redactor::Redactor(const Credentials& credentials)
    : Redactor(std::vector{credentials.access_key_id.reveal(), credentials.access_key_secret.reveal()}) {}

Redactor::Redactor(std::vector<std::string_view> secrets) : secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](std::string_view secret) { return secret.size() < min_secret_bytes; });
}

std::size_t Redactor::match_at(std::string_view text, TextEnd end) const {
  const char first = text.front();
  const bool may_be_escaped = first == '\\' || first == '%' || first == '&';
  std::size_t longest = 0;
  for (const std::string_view bytes : secrets_) {
    for (const bool is_base64 : {false, true}) {
      const Secret secret{bytes, is_base64};
      if (!may_be_escaped && !secret.has(first, 0)) continue;
      for (const Escapes escapes : {Escapes::none, Escapes::percent, Escapes::html}) {
        for (int depth = 0; depth <= max_json_depth; ++depth) {
          longest = std::max(longest, match(text, secret, escapes, depth, end));
        }
      }
    }
  }
  return longest;
}

std::size_t Redactor::secret_at(std::string_view text, TextEnd end) const {
  std::size_t size = match_at(text, end);
  // What begins within one extends it.
  for (std::size_t i = 1; i < size; ++i) size = std::max(size, i + match_at(text.substr(i), end));
  return size;
}

SecretPlace Redactor::find(std::string_view text, std::size_t from) const {
  // Texts of megabytes have few places where a secret can begin.
  bool may_begin[256] = {};
  for (const char escape : {'\\', '%', '&'}) may_begin[static_cast<unsigned char>(escape)] = true;
  for (const std::string_view bytes : secrets_) {
    for (unsigned c = 0; c < 256; ++c) {
      for (const bool is_base64 : {false, true}) {
        may_begin[c] = may_begin[c] || Secret{bytes, is_base64}.has(static_cast<char>(c), 0);
      }
    }
  }
  for (std::size_t at = from; at < text.size(); ++at) {
    if (!may_begin[static_cast<unsigned char>(text[at])]) continue;
    if (const std::size_t size = secret_at(text.substr(at), TextEnd::whole); size != 0) return {at, size};
  }
  return {text.size(), 0};
}

std::string Redactor::redact(std::string_view text, std::size_t max_bytes, TextEnd end) const {
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  const auto put = [&](std::string_view piece) {
    if (piece.size() > max_bytes - out.size()) return false;
    out += piece;
    return true;
  };
  while (!text.empty()) {
    const std::size_t secret = secret_at(text, end);
    if (secret != 0) {
      if (!put(mark)) break;
      text.remove_prefix(secret);
      continue;
    }
    const std::size_t size = utf8_size(text);
    if (!put(printable(text, size))) break;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

bool is_loggable_header(std::string_view name) noexcept {
  return is_one_of(name,
                   "accept accept-encoding age allow cache-control connection content-encoding content-length "
                   "content-type date host request-id retry-after retry-after-ms server traceparent "
                   "transfer-encoding user-agent vary via x-request-id");
}

std::string loggable_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = url.substr(host, url.substr(host).find_first_of("/\\"));
  const std::size_t user_info = authority.rfind('@') + 1;
  return std::string(url.substr(0, host)).append(url.substr(host + user_info));
}

}  // namespace chatopen::base
