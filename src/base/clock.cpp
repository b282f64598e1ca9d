#include <chatopen/clock.hpp>

#include "base/per_process.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

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

// What is scheduled. A detached thread runs it, which ends when nothing is left.
class Timers {
 public:
  bool add(Clock::TimePoint at, std::shared_ptr<ClockTask> task) {
    const std::lock_guard lock(mutex_);
    if (!running_) {
      try {
        std::thread([this] { run(); }).detach();
      } catch (const std::system_error&) {
        return false;
      }
      running_ = true;
    }
    tasks_.emplace(at, std::move(task));
    changed_.notify_one();
    return true;
  }

  void remove(const ClockTask& task) noexcept {
    // Destroyed after the lock is released: a task may own what locks.
    std::shared_ptr<ClockTask> removed;
    const std::lock_guard lock(mutex_);
    for (auto each = tasks_.begin(); each != tasks_.end(); ++each) {
      if (each->second.get() != &task) continue;
      removed = std::move(each->second);
      tasks_.erase(each);
      changed_.notify_one();
      return;
    }
  }

 private:
  void run() noexcept {
    std::unique_lock lock(mutex_);
    while (!tasks_.empty()) {
      const auto first = tasks_.begin();
      if (first->first > std::chrono::steady_clock::now()) {
        const Clock::TimePoint until = first->first;
        changed_.wait_until(lock, until);
        continue;
      }
      std::shared_ptr<ClockTask> task = std::move(first->second);
      tasks_.erase(first);
      lock.unlock();
      task->run();
      task.reset();
      lock.lock();
    }
    running_ = false;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Clock::TimePoint, std::shared_ptr<ClockTask>> tasks_;
  bool running_ = false;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return std::chrono::steady_clock::now(); }

  bool sleep_for(Duration duration, const CancelToken& cancel) override {
    Alarm alarm;
    const CancelCallback on_cancel(cancel, &Alarm::ring, &alarm);
    return !alarm.wait_for(duration);
  }

  bool schedule(Duration delay, std::shared_ptr<ClockTask> task) override {
    return timers_.get().add(now() + delay, std::move(task));
  }
  void unschedule(const ClockTask& task) noexcept override { timers_.get().remove(task); }

 private:
  base::PerProcess<Timers> timers_;
};

}  // namespace

ClockTask::~ClockTask() = default;
Clock::~Clock() = default;

bool Clock::schedule(Duration /*delay*/, std::shared_ptr<ClockTask> /*task*/) {
  return false;
}

void Clock::unschedule(const ClockTask& /*task*/) noexcept {}

std::shared_ptr<Clock> Clock::system() {
  // Never destroyed: its thread may outlive every static object.
  static const auto* const clock = new std::shared_ptr<Clock>(std::make_shared<SystemClock>());
  return *clock;
}

}  // namespace chatopen
