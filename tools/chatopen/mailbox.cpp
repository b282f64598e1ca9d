#include "mailbox.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

namespace chatopen::program {

Mailbox::Mailbox() {
  if (::pipe(pipe_) != 0) throw std::runtime_error("no pipe can be made");
  for (const int end : pipe_) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
}

Mailbox::~Mailbox() {
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void Mailbox::put(std::uint64_t number, Result<ChatReply> reply) {
  const std::lock_guard lock(mutex_);
  letters_.emplace_back(number, std::move(reply));
  // One byte is enough for all that waits.
  if (letters_.size() == 1) [[maybe_unused]]
    const ssize_t told = ::write(pipe_[1], "!", 1);
}

std::vector<Mailbox::Letter> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  char byte = 0;
  if (!letters_.empty()) [[maybe_unused]]
    const ssize_t told = ::read(pipe_[0], &byte, 1);
  return std::exchange(letters_, {});
}

}  // namespace chatopen::program
