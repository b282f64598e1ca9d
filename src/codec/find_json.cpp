#include "base/ascii.hpp"
#include "codec/strict_json.hpp"

#include <chatopen/structured_output.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace chatopen {
namespace {

constexpr std::size_t max_found = 16;
constexpr std::string_view fence = "```";
constexpr std::size_t longest_language = 64;

bool is_valid(std::string_view text) {
  return !codec::fault_in_json(text);
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view white_space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// Looks at an answer, and gives up after as much work as is worth it, since an answer may be made to be slow.
class Search {
 public:
  explicit Search(std::string_view answer) noexcept
      : answer_(answer), work_left_(32 * answer.size() + (std::size_t{1} << 20)) {}

  std::vector<std::string_view> run() {
    if (const std::string_view whole = trimmed(answer_); is_valid(whole)) {
      found_.push_back(whole);
      return std::move(found_);
    }
    look_into_fences("json");
    look_into_fences("");
    for (std::size_t from = 0; from != std::string_view::npos;) from = look_from(from, answer_.size());
    return std::move(found_);
  }

 private:
  // The first value after each line that opens a block of this language. Where the block ends does not matter: a value
  // may have backquotes of its own.
  void look_into_fences(std::string_view language) {
    for (std::size_t at = answer_.find(fence); at != std::string_view::npos; at = answer_.find(fence, at)) {
      at += fence.size();
      const std::string_view line = answer_.substr(at, longest_language);
      const std::size_t end = at + std::min(line.find_first_of("\n{["), line.size());
      const std::string_view word = trimmed(answer_.substr(at, end - at));
      if (!language.empty() && !base::equal_ignoring_case(word, language)) continue;
      const std::size_t next = answer_.find(fence, end);
      static_cast<void>(look_from(end, next));
    }
  }

  // Takes the first value that begins between the two places. Where to look next; `npos` when nothing is left.
  std::size_t look_from(std::size_t from, std::size_t until) {
    while (found_.size() < max_found) {
      from = answer_.substr(0, until).find_first_of("{[", from);
      if (from == std::string_view::npos || work_left_ == 0) break;
      const std::size_t end = end_of_value(from);
      if (end != std::string_view::npos && take(answer_.substr(from, end - from))) return end;
      ++from;
    }
    return std::string_view::npos;
  }

  // Behind the bracket that closes the one at this place; `npos` when none does.
  std::size_t end_of_value(std::size_t from) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    std::size_t at = from;
    std::size_t end = std::string_view::npos;
    for (; at < answer_.size() && end == std::string_view::npos; ++at) {
      const char c = answer_[at];
      if (in_string && c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = !in_string;
      } else if (!in_string && (c == '{' || c == '[')) {
        ++depth;
      } else if (!in_string && (c == '}' || c == ']') && --depth == 0) {
        end = at + 1;
      }
    }
    spend(at - from);
    return end;
  }

  bool take(std::string_view value) {
    const auto overlaps = [value](std::string_view other) {
      return value.data() < other.data() + other.size() && other.data() < value.data() + value.size();
    };
    if (std::any_of(found_.begin(), found_.end(), overlaps)) return true;
    spend(value.size());
    if (!is_valid(value)) return false;
    found_.push_back(value);
    return true;
  }

  void spend(std::size_t work) noexcept { work_left_ -= std::min(work, work_left_); }

  std::string_view answer_;
  std::size_t work_left_;
  std::vector<std::string_view> found_;
};

}  // namespace

std::vector<std::string_view> find_json(std::string_view answer) {
  return Search(answer).run();
}

}  // namespace chatopen
