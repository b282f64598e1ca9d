#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace chatopen::program {

/// Lines of a file descriptor, which stays its owner's, read without ever waiting for more than is there.
class LineReader {
 public:
  /// One line, without its end.
  struct Line {
    std::string text;
    /// It was longer than the limit, and its text is only the beginning.
    bool cut = false;
  };

  LineReader(int descriptor, std::size_t longest_line) : descriptor_(descriptor), longest_(longest_line) {}

  /// The next line that is here; the last one may do without its end.
  [[nodiscard]] std::optional<Line> next();
  /// Reads once, which waits only where the descriptor has nothing to read.
  void fill();
  /// No more can be read; lines may still be here.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// `errno` of the read that failed, which is also the end.
  [[nodiscard]] int failure() const noexcept { return failure_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;
  bool cutting_ = false;
  bool ended_ = false;
  int failure_ = 0;
};

/// Waits until one of the descriptors can be read; whether the first one can.
[[nodiscard]] bool first_is_readable(int first, int second);

}  // namespace chatopen::program
