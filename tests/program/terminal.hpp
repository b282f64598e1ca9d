#pragma once

#include "program.hpp"

namespace chatopen {

/// The program chatopen on a pseudo-terminal of 80 columns and 24 lines.
class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& arguments, const Variables& variables = {});
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Types it.
  void type(const std::string& keys) const;
  /// Reads until this text has come after what was expected before, or the end. Whether it came.
  bool expect(const std::string& text);
  /// Reads to the end and waits. The exit code, or minus the signal that ended it.
  int wait();
  /// All that came, with line ends as terminals get them.
  [[nodiscard]] const std::string& screen() const noexcept { return screen_; }

 private:
  bool read_some();

  pid_t id_ = -1;
  int master_ = -1;
  std::size_t expected_ = 0;
  std::string screen_;
};

}  // namespace chatopen
