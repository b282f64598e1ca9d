#pragma once

#include "progress.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace chatopen::program {

/// A progress line whose clock goes on by itself while the program waits in a call. Members may be called from any
/// thread.
class Ticker {
 public:
  Ticker(Output& output, Unit unit, ProgressState state);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void set(const ProgressState& state);
  /// Takes the line away for as long as the lock is held, for something else to be printed.
  [[nodiscard]] std::unique_lock<std::mutex> pause();
  /// Takes the line away for good.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;
  ProgressState state_;
  Progress progress_;
  std::thread thread_;
};

}  // namespace chatopen::program
