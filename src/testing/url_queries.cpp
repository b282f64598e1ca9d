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

class UrlReader {
 public:
  /// Of the URL whose scheme ends here.
  UrlReader(std::string_view text, std::size_t at, bool is_quoted) noexcept
      : text_(text), at_(at), is_quoted_(is_quoted) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }

  bool skip(char wanted) noexcept {
    if (peek() != wanted) return false;
    take();
    return true;
  }

  /// Adds the parameters, and stops behind the URL.
  void read_to_end(std::vector<QueryParameter>& found) {
    while (goes_on() && peek() != '?' && peek() != '#') take();
    if (skip('?')) {
      read_parameter(found);
      while (skip('&')) read_parameter(found);
    }
    while (goes_on()) take();
  }

 private:
  [[nodiscard]] char peek() const noexcept { return read_character(text_.substr(at_), max_json_depth).value; }

  void take() noexcept {
    const Character next = read_character(text_.substr(at_), max_json_depth);
    if (next.value == '(' || next.value == '[' || next.value == '{') ++open_brackets_;
    if ((next.value == ')' || next.value == ']' || next.value == '}') && open_brackets_ > 0) --open_brackets_;
    at_ += next.size;
  }

  [[nodiscard]] bool goes_on() const noexcept {
    const char c = peek();
    if (c == ' ' || c == '"' || base::is_control(c)) return false;
    if (is_quoted_) return true;
    if (c == ')' || c == ']' || c == '}') return open_brackets_ > 0;
    return c != '<' && c != '>' && c != '`';
  }

  void read_parameter(std::vector<QueryParameter>& found) {
    QueryParameter parameter;
    while (goes_on() && peek() != '=' && peek() != '&' && peek() != '#') {
      parameter.name += peek();
      take();
    }
    if (!skip('=')) return;
    parameter.begin = parameter.end = at_;
    while (goes_on() && peek() != '&' && peek() != '#') {
      const bool is_mark = !is_quoted_ && std::string_view(".,;:!'").find(peek()) != std::string_view::npos;
      take();
      if (!is_mark) parameter.end = at_;
    }
    if (goes_on()) parameter.end = at_;
    found.push_back(std::move(parameter));
  }

  std::string_view text_;
  std::size_t at_;
  bool is_quoted_;
  std::size_t open_brackets_ = 0;
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

}  // namespace

std::vector<QueryParameter> query_parameters(std::string_view text) {
  std::vector<QueryParameter> found;
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at)) {
    const std::size_t begin = scheme_begin(text, at);
    const bool is_ours = begin != at++;
    UrlReader url(text, at, begin == 0 || text[begin - 1] == '"');
    if (!is_ours || !url.skip('/') || !url.skip('/')) continue;
    url.read_to_end(found);
    at = url.position();
  }
  return found;
}

}  // namespace chatopen::testing
