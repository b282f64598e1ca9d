#pragma once

#include <chatopen/cancel.hpp>

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

namespace chatopen::program {

/// Turns SIGINT and SIGTERM, unless the program was started with them ignored, into a cancellation. A second one ends
/// the program at once. One object at a time; made before any other thread, because it blocks the signals.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Cancelled by the next signal.
  [[nodiscard]] CancelToken token() const;
  /// The signal that came; 0 when none did.
  [[nodiscard]] int signal() const noexcept { return signal_; }
  /// What a program that the signal ended tells its caller.
  [[nodiscard]] int exit_code() const noexcept { return 128 + signal_; }
  /// Begins anew: the next signal is the first one. The signal that is forgotten; 0 when there was none.
  int forget();
  /// Readable from the signal to `forget`.
  [[nodiscard]] int descriptor() const noexcept { return pipe_[0]; }

 private:
  void watch();

  sigset_t signals_{};
  sigset_t before_{};
  int pipe_[2] = {-1, -1};
  std::atomic<int> signal_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  CancelSource source_;
  std::thread watcher_;
};

}  // namespace chatopen::program
