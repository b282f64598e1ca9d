#include "standard_input.hpp"

#include "interruption.hpp"
#include "line_reader.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace chatopen::program {

Result<std::string> read_standard_input(std::size_t most, const Interruption& interruption) {
  std::string all;
  char piece[std::size_t{64} * 1024];
  for (;;) {
    if (!first_is_readable(STDIN_FILENO, interruption.descriptor())) {
      return Error{.kind = ErrorKind::cancelled, .message = "interrupted"};
    }
    const ssize_t count = ::read(STDIN_FILENO, piece, sizeof(piece));
    if (count == 0) return all;
    if (count > 0) {
      all.append(piece, static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return Error{.kind = ErrorKind::io,
                   .message = "cannot read the standard input: " + std::generic_category().message(errno)};
    }
    if (all.size() > most) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "the standard input is longer than " + std::to_string(most >> 20) + " MiB"};
    }
  }
}

}  // namespace chatopen::program
