#pragma once

/// @file
/// `Clock`: the time that retries and deadlines above the transport live by. Tests inject their own.

#include <chatopen/cancel.hpp>
#include <chatopen/export.hpp>

#include <chrono>
#include <memory>

namespace chatopen {

/// A task for `Clock::schedule`.
class CHATOPEN_EXPORT ClockTask {
 public:
  virtual ~ClockTask();
  /// Runs once, on a thread of the clock's.
  virtual void run() noexcept = 0;
};

/// A monotonic clock. Every member must be safe to call from many threads at once.
class CHATOPEN_EXPORT Clock {
 public:
  /// A span of time.
  using Duration = std::chrono::nanoseconds;
  /// A point in the clock's time.
  using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

  virtual ~Clock();

  /// The current time; it never goes back.
  [[nodiscard]] virtual TimePoint now() const noexcept = 0;

  /// Waits on the caller's thread. False when the token was cancelled first, which ends the wait at once.
  virtual bool sleep_for(Duration duration, const CancelToken& cancel) = 0;

  /// Runs the task once after a delay, on a thread of the clock's. False when this clock has no timers (the default):
  /// the caller then waits on a thread of its own.
  virtual bool schedule(Duration delay, std::shared_ptr<ClockTask> task);
  /// Drops a scheduled task that has not begun to run; no effect when there is none.
  virtual void unschedule(const ClockTask& task) noexcept;

  /// The system's monotonic clock. Lives as long as the program; it has a thread while something is scheduled.
  [[nodiscard]] static std::shared_ptr<Clock> system();
};

}  // namespace chatopen
