#include "client/poll_timers.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::client {

using std::chrono::milliseconds;

void PollTimers::add(Clock::TimePoint at, std::shared_ptr<ClockTask> task) {
  const std::lock_guard lock(mutex_);
  tasks_.emplace(at, std::move(task));
}

void PollTimers::remove(const ClockTask& task) noexcept {
  // Destroyed after the lock is released.
  std::shared_ptr<ClockTask> removed;
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(tasks_.begin(), tasks_.end(), [&](const auto& each) { return each.second.get() == &task; });
  if (found == tasks_.end()) return;
  removed = std::move(found->second);
  tasks_.erase(found);
}

std::shared_ptr<ClockTask> PollTimers::take_due(Clock::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (tasks_.empty() || tasks_.begin()->first > now) return nullptr;
  auto task = std::move(tasks_.begin()->second);
  tasks_.erase(tasks_.begin());
  return task;
}

void PollTimers::run_due(Clock::TimePoint now) {
  while (const auto task = take_due(now)) task->run();
}

milliseconds PollTimers::shorten(milliseconds budget, Clock::TimePoint now) {
  constexpr milliseconds longest(10);
  const std::lock_guard lock(mutex_);
  if (tasks_.empty()) return budget;
  const auto left = std::chrono::ceil<milliseconds>(tasks_.begin()->first - now);
  return std::clamp(left, milliseconds(0), std::min(budget, longest));
}

}  // namespace chatopen::client
