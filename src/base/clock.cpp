#include <chatopen/clock.hpp>

#include <condition_variable>
#include <mutex>

namespace chatopen {
namespace {

// Wakes a sleeper from `CancelCallback`, whose function knows only a pointer.
class Alarm {
 public:
  static void ring(void* alarm) noexcept {
    auto* self = static_cast<Alarm*>(alarm);
    const std::lock_guard lock(self->mutex_);
    self->rung_ = true;
    self->changed_.notify_all();
  }

  bool wait_for(Clock::Duration duration) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, duration, [this] { return rung_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }

  bool sleep_for(Duration duration, const CancelToken& cancel) override {
    Alarm alarm;
    const CancelCallback on_cancel(cancel, &Alarm::ring, &alarm);
    return !alarm.wait_for(duration);
  }
};

}  // namespace

ClockTask::~ClockTask() = default;
Clock::~Clock() = default;

bool Clock::schedule(Duration /*delay*/, std::shared_ptr<ClockTask> /*task*/) {
  return false;
}

std::shared_ptr<Clock> Clock::system() {
  static const std::shared_ptr<Clock> clock = std::make_shared<SystemClock>();
  return clock;
}

}  // namespace chatopen
