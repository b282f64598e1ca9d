#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// What takes the place of a part of a text.
struct TextEdit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string replacement = {};
};

/// A body, and where its chunks end. What has to be hidden may lie across a boundary, so it is sought in the whole.
struct ChunkedText {
  std::string text = {};
  /// Rising, the last one at the end of the text.
  std::vector<std::size_t> ends = {};

  void append(std::string_view chunk);
  /// In order, and none overlapping another. A boundary within what is replaced moves to its end.
  void apply(const std::vector<TextEdit>& edits);
  [[nodiscard]] std::vector<std::string> chunks() const;
};

}  // namespace chatopen::testing
