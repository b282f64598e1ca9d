#include "testing/url_queries.hpp"

#include "base/ascii.hpp"

#include <charconv>
#include <utility>

namespace chatopen::testing {
namespace {

constexpr int max_json_depth = 3;

/// A character as it is meant, and the bytes that it takes.
struct Character {
  char value = ' ';
  std::size_t size = 0;
};

struct TextPlace {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// White space for what no URL contains, and for the end of the text.
Character read_character(std::string_view text, int json_depth) noexcept {
  if (text.empty()) return {};
  if (json_depth == 0) return {text.front(), 1};
  const Character first = read_character(text, json_depth - 1);
  if (first.value != '\\') return first;
  const Character second = read_character(text.substr(first.size), json_depth - 1);
  const std::size_t size = first.size + second.size;
  if (std::string_view("bfnrt").find(second.value) != std::string_view::npos) return {' ', size};
  if (second.value != 'u') return {second.value, size};
  const std::string_view digits = text.substr(size, 4);
  unsigned value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (read.ptr != digits.data() + 4) return {' ', size};
  // Beyond ASCII it may be any character that is not.
  return {value < 0x80 ? static_cast<char>(value) : '\x80', size + 4};
}

/// In what a URL stands: in prose, or as a string from its beginning, which is JSON's, `depth` deep, or the whole text.
struct Surroundings {
  bool is_prose = true;
  int depth = max_json_depth;
};

class UrlReader {
 public:
  /// Of the URL whose scheme ends here.
  UrlReader(std::string_view text, std::size_t at, Surroundings surroundings) noexcept
      : text_(text), at_(at), in_(surroundings) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }

  bool skip(char wanted) noexcept {
    if (peek() != wanted) return false;
    take();
    return true;
  }

  /// Adds the user info and the parameters, and stops behind the URL.
  void read_to_end(std::vector<QueryParameter>& found) {
    read_authority(found);
    while (goes_on() && peek() != '?' && peek() != '#') take();
    if (skip('?')) {
      read_parameter(found);
      while (skip('&')) read_parameter(found);
    }
    if (peek() != '#') return;
    while (goes_on()) take();
  }

 private:
  enum class End { none, perhaps, certain };

  [[nodiscard]] Character next() const noexcept { return read_character(text_.substr(at_), in_.depth); }
  [[nodiscard]] char peek() const noexcept { return next().value; }

  void take() noexcept {
    const Character next = this->next();
    if (next.value == '(' || next.value == '[' || next.value == '{') ++open_brackets_;
    if ((next.value == ')' || next.value == ']' || next.value == '}') && open_brackets_ > 0) --open_brackets_;
    at_ += next.size;
  }

  [[nodiscard]] End end() const noexcept {
    const auto [c, size] = next();
    // Of a string only what ends it at each depth that it may have: what reads as an escape may be a backslash.
    const std::size_t longest_escape = in_.depth == 0 ? 1 : 2;
    const std::size_t quote_within = std::size_t{1} << in_.depth;
    if (c == '"') return !in_.is_prose && in_.depth > 0 && size == quote_within ? End::none : End::certain;
    if (c == ' ' && size > 1) {
      if (in_.is_prose) return End::perhaps;
      return size > longest_escape ? End::none : End::certain;
    }
    if (c == ' ' || base::is_control(c)) return End::certain;
    if (!in_.is_prose) return End::none;
    if (c == ')' || c == ']' || c == '}') return open_brackets_ > 0 ? End::none : End::perhaps;
    return c == '<' || c == '>' || c == '`' ? End::perhaps : End::none;
  }

  [[nodiscard]] bool goes_on() const noexcept { return end() == End::none; }

  // In prose, what follows a query without a space, as Chinese does, is none of it, unless more parameters follow.
  [[nodiscard]] bool value_goes_on() noexcept {
    const bool may_end = in_.is_prose && (end() == End::perhaps || static_cast<unsigned char>(peek()) >= 0x80);
    if (!may_end || at_ < next_parameter_) return end() != End::certain;
    UrlReader ahead(*this);
    if (!ahead.find_parameter()) return false;
    next_parameter_ = ahead.position();
    return true;
  }

  [[nodiscard]] bool find_parameter() noexcept {
    while (end() != End::certain && peek() != '?' && peek() != '#') {
      if (!skip('&')) {
        take();
        continue;
      }
      const std::size_t name = at_;
      while (is_of_name(peek())) take();
      if (at_ != name && peek() == '=') return true;
    }
    return false;
  }

  [[nodiscard]] static bool is_of_name(char c) noexcept {
    return std::string_view("abcdefghijklmnopqrstuvwxyz0123456789-._~%[];").find(base::to_lower(c)) !=
           std::string_view::npos;
  }

  void read_authority(std::vector<QueryParameter>& found) {
    QueryParameter user_info{.name = {}, .begin = at_, .end = at_};
    while (goes_on() && std::string_view("/?#\\").find(peek()) == std::string_view::npos) {
      if (in_.is_prose && static_cast<unsigned char>(peek()) >= 0x80) break;
      if (peek() == '@') user_info.end = at_;
      take();
    }
    if (user_info.end != user_info.begin) found.push_back(std::move(user_info));
  }

  void read_parameter(std::vector<QueryParameter>& found) {
    QueryParameter parameter;
    while (goes_on() && peek() != '=' && peek() != '&' && peek() != '#') {
      parameter.name += peek();
      take();
    }
    if (!skip('=')) return;
    parameter.begin = parameter.end = at_;
    while (peek() != '&' && peek() != '#' && value_goes_on()) {
      const bool is_mark = in_.is_prose && std::string_view(".,;:!'").find(peek()) != std::string_view::npos;
      take();
      if (!is_mark) parameter.end = at_;
    }
    if (peek() == '&' || peek() == '#') parameter.end = at_;
    found.push_back(std::move(parameter));
  }

  std::string_view text_;
  std::size_t at_;
  Surroundings in_;
  std::size_t open_brackets_ = 0;
  std::size_t next_parameter_ = 0;
};

// Where the URL begins whose scheme ends at the colon; the colon itself when it is none of ours.
std::size_t scheme_begin(std::string_view text, std::size_t colon) noexcept {
  for (const std::string_view scheme : {"https", "http"}) {
    if (colon < scheme.size()) continue;
    if (base::equal_ignoring_case(text.substr(colon - scheme.size(), scheme.size()), scheme)) {
      return colon - scheme.size();
    }
  }
  return colon;
}

std::size_t backslashes_before(std::string_view text, std::size_t at) noexcept {
  std::size_t count = 0;
  while (count < at && text[at - count - 1] == '\\') ++count;
  return count;
}

Surroundings surroundings_of(std::string_view text, std::size_t url) noexcept {
  if (url == 0) return {.is_prose = false, .depth = 0};
  if (text[url - 1] != '"') return {};
  const std::size_t escapes = backslashes_before(text, url - 1);
  if (escapes % 2 == 0) return {.is_prose = false, .depth = 1};
  return {.is_prose = false, .depth = escapes % 4 == 1 ? 2 : 3};
}

// Where the next colon begins and ends, also as JSON may escape it.
TextPlace next_colon(std::string_view text, std::size_t from) noexcept {
  for (std::size_t at = from; (at = text.find_first_of(":u", at)) != std::string_view::npos; ++at) {
    if (text[at] == ':') return {at, at + 1};
    constexpr std::string_view escaped = "u003a";
    if (!base::equal_ignoring_case(text.substr(at, escaped.size()), escaped)) continue;
    if (const std::size_t escapes = backslashes_before(text, at); escapes > 0) {
      return {at - escapes, at + escaped.size()};
    }
  }
  return {text.size(), text.size()};
}

}  // namespace

std::vector<QueryParameter> query_parameters(std::string_view text) {
  std::vector<QueryParameter> found;
  for (TextPlace colon = next_colon(text, 0); colon.begin < text.size();) {
    const std::size_t begin = scheme_begin(text, colon.begin);
    std::size_t at = colon.end;
    if (begin != colon.begin) {
      // What a quotation mark precedes may yet be deeper in JSON.
      for (const Surroundings each : {surroundings_of(text, begin), Surroundings()}) {
        UrlReader url(text, colon.end, each);
        if (!url.skip('/') || !url.skip('/')) continue;
        url.read_to_end(found);
        at = url.position();
        break;
      }
    }
    colon = next_colon(text, at);
  }
  return found;
}

}  // namespace chatopen::testing
