#include "testing/json_scan.hpp"

#include "testing/json.hpp"

#include <algorithm>

namespace chatopen::testing {
namespace {

bool is_white_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Behind the string that begins here. No string of JSON contains a line break, so one ends it.
std::size_t end_of_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\n' || text[at] == '\r') return at;
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return end_of_string(text, at);
  if (text[at] != '{' && text[at] != '[') return std::min(text.find_first_of(",]} \t\r\n", at), text.size());
  std::size_t depth = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') ++depth;
    if ((text[at] == '}' || text[at] == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return text.size();
}

std::string decoded(std::string_view string) {
  const Json value = Json::parse(string, nullptr, false);
  return value.is_string() ? value.get<std::string>() : std::string(string);
}

}  // namespace

bool JsonScan::next() {
  if (is_at_value_) enter();
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n' || c == '\r') {
      skip_line_end();
    } else if (is_white_space(c) || c == ',') {
      ++at_;
    } else if (levels_.empty()) {
      if (c == '{' || c == '[') levels_.push_back({.is_object = c == '{'});
      ++at_;
    } else if (c == '}' || c == ']') {
      levels_.pop_back();
      ++at_;
    } else if (!levels_.back().is_object || find_in_object()) {
      is_at_value_ = true;
      ++levels_.back().values;
      return true;
    }
  }
  return false;
}

void JsonScan::skip() {
  at_ = end();
  is_at_value_ = false;
}

std::size_t JsonScan::end() const {
  return end_of_value(text_, at_);
}

std::vector<std::string> JsonScan::path() const {
  std::vector<std::string> path;
  for (const Level& each : levels_) path.push_back(each.is_object ? each.name : std::to_string(each.values - 1));
  return path;
}

const std::string* JsonScan::name() const {
  return !levels_.empty() && levels_.back().is_object ? &levels_.back().name : nullptr;
}

void JsonScan::enter() {
  const char c = text_[at_];
  if (c != '{' && c != '[') return skip();
  ++at_;
  is_at_value_ = false;
  levels_.push_back({.is_object = c == '{'});
}

// Whether a member's name and a colon stand here; goes to its value then, and otherwise past what is no member.
bool JsonScan::find_in_object() {
  if (text_[at_] != '"') {
    ++at_;
    return false;
  }
  const std::size_t begin = at_;
  at_ = end_of_string(text_, at_);
  std::size_t colon = at_;
  while (colon < text_.size() && is_white_space(text_[colon])) ++colon;
  if (colon == text_.size() || text_[colon] != ':') return false;
  levels_.back().name = decoded(text_.substr(begin, at_ - begin));
  at_ = colon + 1;
  while (at_ < text_.size() && is_white_space(text_[at_])) ++at_;
  return at_ < text_.size();
}

// The data of an event goes on in its next line, and another event's begins after an empty one.
void JsonScan::skip_line_end() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  constexpr std::string_view field = "data:";
  if (!text_.substr(at_).starts_with(field)) return;
  const std::string_view breaks = text_.substr(begin, at_ - begin);
  if (breaks.size() > 1 && breaks != "\r\n") levels_.clear();
  at_ += field.size();
}

std::size_t json_depth(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') deepest = std::max(deepest, ++depth);
    if ((text[at] == '}' || text[at] == ']') && depth > 0) --depth;
    ++at;
  }
  return deepest;
}

std::string to_pointer(const std::vector<std::string>& path) {
  std::string pointer;
  for (const std::string& name : path) {
    pointer += '/';
    for (const char c : name) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

std::vector<std::string> path_of_pointer(std::string_view pointer) {
  std::vector<std::string> path;
  for (std::size_t at = 0; at < pointer.size(); ++at) {
    if (pointer[at] == '/') {
      path.emplace_back();
    } else if (pointer[at] == '~' && at + 1 < pointer.size()) {
      path.back() += pointer[++at] == '1' ? '/' : '~';
    } else {
      path.back() += pointer[at];
    }
  }
  return path;
}

}  // namespace chatopen::testing
