#pragma once

/// @file
/// `ManualClock`: a clock whose sleeps return at once, for testing retries without waiting.

#include <chatopen/clock.hpp>
#include <chatopen/testing/export.hpp>

#include <memory>
#include <vector>

namespace chatopen::testing {

/// Time moves only by sleeping, by scheduling, and by `advance`. Safe to use from many threads at once.
class CHATOPEN_TESTING_EXPORT ManualClock final : public Clock {
 public:
  ManualClock();
  ~ManualClock() override;
  ManualClock(const ManualClock&) = delete;
  ManualClock& operator=(const ManualClock&) = delete;

  /// What sleeping, scheduling and `advance` have added up to.
  [[nodiscard]] TimePoint now() const noexcept override;
  /// Moves the time by the duration and returns true; false, without moving it, when the token is cancelled.
  bool sleep_for(Duration duration, const CancelToken& cancel) override;
  /// As a sleep: moves the time by the delay, and runs the task on the caller's thread.
  bool schedule(Duration delay, std::shared_ptr<ClockTask> task) override;

  /// Moves the time without a sleep.
  void advance(Duration duration);
  /// The sleeps and the delays of tasks so far, in order.
  [[nodiscard]] std::vector<Duration> sleeps() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen::testing
