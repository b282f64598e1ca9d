#include "sandbox/gate.hpp"

namespace chatopen::sandbox {

bool Gate::wait_for(std::chrono::milliseconds delay) {
  if (delay.count() == 0) return true;
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, delay, [this] { return stopped_; });
}

Gate::Meeting Gate::meet(int count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  Group& group = groups_[count];
  if (++group.present == count) {
    group.present = 0;
    ++group.completed;
    changed_.notify_all();
    return {.complete = true, .present = count};
  }
  const std::uint64_t before = group.completed;
  changed_.wait_for(lock, limit, [&] { return stopped_ || group.completed != before; });
  if (group.completed != before) return {.complete = true, .present = count};
  return {.complete = false, .present = group.present--};
}

void Gate::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace chatopen::sandbox
