#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::stream {

/// A text that grows by small pieces, and is whole only at the end. Unlike a string it never holds what it has twice
/// while it grows, nor twice as much as it needs.
class LongText {
 public:
  void append(std::string_view piece);
  /// The text, joined; the object is as new afterwards.
  [[nodiscard]] std::string take();

 private:
  // Each is a little larger than the one before.
  std::vector<std::string> full_blocks_;
  std::string block_;
};

}  // namespace chatopen::stream
