#pragma once

/// @file
/// `ManualClock`: a clock whose sleeps return at once, for testing retries without waiting.

#include <chatopen/clock.hpp>
#include <chatopen/testing/export.hpp>

#include <memory>
#include <vector>

namespace chatopen::testing {

/// Time moves only by sleeping and by `advance`. Safe to use from many threads at once.
class CHATOPEN_TESTING_EXPORT ManualClock final : public Clock {
 public:
  ManualClock();
  ~ManualClock() override;
  ManualClock(const ManualClock&) = delete;
  ManualClock& operator=(const ManualClock&) = delete;

  /// What sleeping and `advance` have added up to.
  [[nodiscard]] TimePoint now() const noexcept override;
  /// Moves the time by the duration and returns true; false, without moving it, when the token is cancelled.
  bool sleep_for(Duration duration, const CancelToken& cancel) override;

  /// Moves the time without a sleep.
  void advance(Duration duration);
  /// The sleeps so far, in order.
  [[nodiscard]] std::vector<Duration> sleeps() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen::testing
