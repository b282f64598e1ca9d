#include "terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace chatopen {

Terminal::Terminal(const std::vector<std::string>& arguments, const Variables& variables) {
  ChildSetup setup(arguments, variables);
  const winsize size{24, 80, 0, 0};
  id_ = ::forkpty(&master_, nullptr, nullptr, &size);
  if (id_ < 0) throw std::runtime_error("no pseudo-terminal");
  if (id_ == 0) {
    setup.execute();
    ::_exit(127);
  }
  ::fcntl(master_, F_SETFD, FD_CLOEXEC);
}

Terminal::~Terminal() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(master_);
}

void Terminal::type(const std::string& keys) const {
  if (::write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::runtime_error("cannot type");
  }
}

bool Terminal::read_some() {
  pollfd master{master_, POLLIN, 0};
  char buffer[4096];
  if (::poll(&master, 1, 60'000) <= 0) return false;
  const ssize_t count = ::read(master_, buffer, sizeof(buffer));
  if (count <= 0) return false;
  screen_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool Terminal::expect(const std::string& text) {
  for (;;) {
    const std::size_t found = screen_.find(text, expected_);
    if (found != std::string::npos) {
      expected_ = found + text.size();
      return true;
    }
    if (!read_some()) return false;
  }
}

int Terminal::wait() {
  while (read_some()) {
  }
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace chatopen
