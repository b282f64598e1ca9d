#include <chatopen/testing/manual_clock.hpp>

#include <mutex>

namespace chatopen::testing {

struct ManualClock::Impl {
  mutable std::mutex mutex;
  TimePoint time;
  std::vector<Duration> sleeps;
};

ManualClock::ManualClock() : impl_(std::make_unique<Impl>()) {}
ManualClock::~ManualClock() = default;

Clock::TimePoint ManualClock::now() const noexcept {
  const std::lock_guard lock(impl_->mutex);
  return impl_->time;
}

bool ManualClock::sleep_for(Duration duration, const CancelToken& cancel) {
  const std::lock_guard lock(impl_->mutex);
  impl_->sleeps.push_back(duration);
  if (cancel.cancelled()) return false;
  impl_->time += duration;
  return true;
}

bool ManualClock::schedule(Duration delay, std::shared_ptr<ClockTask> task) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->sleeps.push_back(delay);
    impl_->time += delay;
  }
  task->run();
  return true;
}

void ManualClock::advance(Duration duration) {
  const std::lock_guard lock(impl_->mutex);
  impl_->time += duration;
}

std::vector<Clock::Duration> ManualClock::sleeps() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->sleeps;
}

}  // namespace chatopen::testing
