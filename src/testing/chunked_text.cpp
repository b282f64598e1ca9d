#include "testing/chunked_text.hpp"

#include <string_view>
#include <utility>

namespace chatopen::testing {

void ChunkedText::append(std::string_view chunk) {
  if (chunk.empty()) return;
  text += chunk;
  ends.push_back(text.size());
}

void ChunkedText::apply(const std::vector<TextEdit>& edits) {
  if (edits.empty()) return;
  std::string edited;
  std::vector<std::size_t> edited_ends;
  std::size_t copied = 0;
  auto end = ends.begin();
  const auto copy_until = [&](std::size_t to) {
    for (; end != ends.end() && *end <= to; ++end) {
      const std::size_t moved = edited.size() + (*end > copied ? *end - copied : 0);
      if (edited_ends.empty() || edited_ends.back() != moved) edited_ends.push_back(moved);
    }
    edited.append(text, copied, to - copied);
    copied = to;
  };
  for (const TextEdit& edit : edits) {
    copy_until(edit.begin);
    edited += edit.replacement;
    copied = edit.end;
  }
  copy_until(text.size());
  text = std::move(edited);
  ends = std::move(edited_ends);
}

std::vector<std::string> ChunkedText::chunks() const {
  std::vector<std::string> chunks;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    chunks.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return chunks;
}

}  // namespace chatopen::testing
