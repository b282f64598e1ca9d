#include "console.hpp"

#include "exit_code.hpp"
#include "shell_terms.hpp"
#include "wrap.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace chatopen::program {
namespace {

// https://no-color.org
bool colours_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string_view sequence(Style style) {
  switch (style) {
    case Style::bold: return "\x1b[1m";
    case Style::dim: return "\x1b[2m";
    case Style::red: return "\x1b[31m";
    case Style::green: return "\x1b[32m";
    case Style::yellow: return "\x1b[33m";
  }
  return "";
}

}  // namespace

Output::Output(int descriptor)
    : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1), colour_(terminal_ && colours_wanted()) {}

int Output::columns() const {
  winsize size{};
  return terminal_ && ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool Output::write(std::string_view text) {
  while (failure_ == 0 && !text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Whoever shares the descriptor has made it non-blocking.
      pollfd writable{descriptor_, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      failure_ = errno;
    }
  }
  return failure_ == 0;
}

bool Output::print(std::string_view text, Shape shape) {
  return terminal_ ? write(neutral(text, shape)) : write(text);
}

std::string Output::styled(Style style, std::string_view text) const {
  std::string result;
  if (colour_) result += sequence(style);
  result += text;
  if (colour_) result += "\x1b[0m";
  return result;
}

Console::Console() : out(STDOUT_FILENO), err(STDERR_FILENO) {}

void Console::complain(std::string_view message) {
  std::string text = "chatopen: " + neutral(message, Shape::line);
  if (err.is_terminal()) text = wrapped(std::move(text), static_cast<std::size_t>(err.columns()), 0);
  constexpr std::size_t name = 9;
  err.write(err.styled(Style::red, text.substr(0, name)) + text.substr(name) + "\n");
}

int Console::complain(const Error& error) {
  complain(in_shell_terms(to_string(error)));
  return exit_code(error);
}

}  // namespace chatopen::program
