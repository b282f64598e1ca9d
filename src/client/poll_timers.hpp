#pragma once

#include <chatopen/clock.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

namespace chatopen::client {

/// What is scheduled where nobody but the caller of `ChatClient::poll` runs anything. Thread-safe.
class PollTimers {
 public:
  void add(Clock::TimePoint at, std::shared_ptr<ClockTask> task);
  void remove(const ClockTask& task) noexcept;
  /// Runs every task whose time has come.
  void run_due(Clock::TimePoint now);
  /// How long a poll may wait: not beyond the first task, and while there is one, not for long, since another thread
  /// that cancels a call wakes only the transport.
  [[nodiscard]] std::chrono::milliseconds shorten(std::chrono::milliseconds budget, Clock::TimePoint now);

 private:
  [[nodiscard]] std::shared_ptr<ClockTask> take_due(Clock::TimePoint now);

  std::mutex mutex_;
  std::multimap<Clock::TimePoint, std::shared_ptr<ClockTask>> tasks_;
};

}  // namespace chatopen::client
