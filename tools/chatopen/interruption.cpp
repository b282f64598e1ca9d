#include "interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace chatopen::program {
namespace {

// Ends the watching thread.
constexpr int stop_signal = SIGUSR1;

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interruption::Interruption() {
  if (::pipe(pipe_) != 0) throw std::runtime_error("no pipe can be made");
  for (const int end : pipe_) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  sigemptyset(&signals_);
  sigaddset(&signals_, stop_signal);
  for (const int each : {SIGINT, SIGTERM}) {
    if (!is_ignored(each)) sigaddset(&signals_, each);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  watcher_ = std::thread([this] { watch(); });
}

Interruption::~Interruption() {
  stopping_ = true;
  ::pthread_kill(watcher_.native_handle(), stop_signal);
  watcher_.join();
  // While an interrupted program closes down, another signal still ends it with the code for it.
  for (const int each : {SIGINT, SIGTERM}) {
    if (signal_ != 0 && sigismember(&signals_, each) == 1) std::signal(each, [](int came) { std::_Exit(128 + came); });
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

CancelToken Interruption::token() const {
  const std::lock_guard lock(mutex_);
  return source_.token();
}

int Interruption::forget() {
  const std::lock_guard lock(mutex_);
  char byte = 0;
  while (::read(pipe_[0], &byte, 1) == 1) {
  }
  source_ = CancelSource();
  return signal_.exchange(0);
}

void Interruption::watch() {
  for (int came = 0; ::sigwait(&signals_, &came) == 0;) {
    if (came == stop_signal) {
      if (stopping_) return;
      continue;
    }
    const std::lock_guard lock(mutex_);
    // Whatever hangs, hangs no longer.
    if (signal_ != 0) std::_Exit(128 + came);
    signal_ = came;
    source_.cancel();
    [[maybe_unused]] const ssize_t woken = ::write(pipe_[1], "!", 1);
  }
}

}  // namespace chatopen::program
