#pragma once

#include "neutral_text.hpp"

#include <chatopen/error.hpp>

#include <string>
#include <string_view>

namespace chatopen::program {

/// How a text stands out on a terminal.
enum class Style { bold, dim, red, green, yellow };

/// A standard stream of the program.
class Output {
 public:
  /// Of the file descriptor, which stays its owner's.
  explicit Output(int descriptor);

  [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }
  /// Columns of the terminal; 80 where nobody knows.
  [[nodiscard]] int columns() const;

  /// Text of our own, as it is. False once a write has failed; what is written then is dropped.
  bool write(std::string_view text);
  /// Text from elsewhere: as it is, but made neutral for a terminal.
  bool print(std::string_view text, Shape shape = Shape::text);
  /// The text with the style, where colours are wanted: on a terminal, unless NO_COLOR is set.
  [[nodiscard]] std::string styled(Style style, std::string_view text) const;

  /// `errno` of the write that failed; 0 while none has.
  [[nodiscard]] int failure() const noexcept { return failure_; }

 private:
  int descriptor_;
  bool terminal_;
  bool colour_;
  int failure_ = 0;
};

/// Where the program speaks: answers on `out`, everything else on `err`.
struct Console {
  Output out;
  Output err;

  Console();
  /// Says what is wrong.
  void complain(std::string_view message);
  /// Says it, and gives the exit code for it.
  int complain(const Error& error);
};

}  // namespace chatopen::program
