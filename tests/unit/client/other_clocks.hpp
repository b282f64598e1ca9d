#pragma once

#include <chatopen/clock.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace chatopen {

/// A clock without timers, whose sleeps last until they are cancelled, or `skip` is called.
class SleepingClock final : public Clock {
 public:
  TimePoint now() const noexcept override {
    const std::lock_guard lock(mutex_);
    return time_;
  }
  bool sleep_for(Duration duration, const CancelToken& cancel) override {
    if (duration.count() <= 0) return !cancel.cancelled();
    const CancelCallback on_cancel(cancel, &SleepingClock::wake, this);
    std::unique_lock lock(mutex_);
    const unsigned before = skips_;
    sleeps_.push_back(duration);
    changed_.notify_all();
    changed_.wait(lock, [&] { return skips_ != before || cancel.cancelled(); });
    if (skips_ == before) return false;
    time_ += duration;
    return true;
  }

  /// Ends every sleep.
  void skip() {
    const std::lock_guard lock(mutex_);
    ++skips_;
    changed_.notify_all();
  }
  /// Waits until so many sleeps have begun.
  void wait_for_sleeps(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sleeps_.size() >= count; });
  }
  [[nodiscard]] std::vector<Duration> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

 private:
  static void wake(void* self) noexcept {
    auto& clock = *static_cast<SleepingClock*>(self);
    const std::lock_guard lock(clock.mutex_);
    clock.changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  TimePoint time_;
  unsigned skips_ = 0;
  std::vector<Duration> sleeps_;
};

/// A clock whose timers fire only when the test says so; those without a delay at once.
class HeldClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return {}; }
  bool sleep_for(Duration, const CancelToken& cancel) override { return !cancel.cancelled(); }
  bool schedule(Duration delay, std::shared_ptr<ClockTask> task) override {
    if (delay.count() == 0) {
      task->run();
      return true;
    }
    const std::lock_guard lock(mutex_);
    delays_.push_back(delay);
    held_.push_back(std::move(task));
    return true;
  }
  void unschedule(const ClockTask& task) noexcept override {
    std::shared_ptr<ClockTask> dropped;
    const std::lock_guard lock(mutex_);
    for (auto& each : held_) {
      if (each.get() == &task) dropped = std::move(each);
    }
    std::erase(held_, nullptr);
  }

  void fire() {
    std::vector<std::shared_ptr<ClockTask>> due;
    {
      const std::lock_guard lock(mutex_);
      due.swap(held_);
    }
    for (const auto& each : due) each->run();
  }
  [[nodiscard]] std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  [[nodiscard]] std::vector<Duration> delays() const {
    const std::lock_guard lock(mutex_);
    return delays_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Duration> delays_;
  std::vector<std::shared_ptr<ClockTask>> held_;
};

}  // namespace chatopen
