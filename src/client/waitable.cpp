#include "client/waitable.hpp"

#include "base/process.hpp"
#include "client/async_core.hpp"
#include "client/callback_scope.hpp"

#include <algorithm>

namespace chatopen::client {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Waitable::Waitable(const std::shared_ptr<Core>& core) noexcept
    : core_(core),
      transport_(&core->transport()),
      poll_driven_(core->transport().poll_driven()),
      generation_(base::process_generation()) {}

// Whose lock may then be held for ever.
bool Waitable::belongs_to_parent_process() const noexcept {
  return generation_ != base::process_generation();
}

bool Waitable::ready() const noexcept {
  if (belongs_to_parent_process()) return false;
  const std::lock_guard lock(mutex_);
  return is_there();
}

bool Waitable::wait_until(TimePoint until) {
  if (belongs_to_parent_process()) return false;
  std::unique_lock lock(mutex_);
  if (is_there() || CallbackScope::is_inside(*transport_)) return is_there();
  if (poll_driven_) {
    drive(lock, until);
  } else if (until == TimePoint::max()) {
    changed_.wait(lock, [this] { return is_there(); });
  } else {
    changed_.wait_until(lock, until, [this] { return is_there(); });
  }
  return is_there();
}

void Waitable::drive(std::unique_lock<std::mutex>& lock, TimePoint until) {
  constexpr milliseconds longest(100);
  while (!is_there()) {
    const TimePoint now = steady_clock::now();
    if (until <= now) return;
    const auto left = std::chrono::ceil<milliseconds>(std::min<steady_clock::duration>(until - now, longest));
    lock.unlock();
    const std::shared_ptr<Core> core = core_.lock();
    const bool polled = core != nullptr && AsyncCore::of(*core).poll(left);
    lock.lock();
    // Another thread polls, and may leave.
    if (!polled && !is_there()) changed_.wait_for(lock, milliseconds(1));
  }
}

Error Waitable::refused_wait() const {
  if (belongs_to_parent_process()) {
    return {.kind = ErrorKind::connection,
            .message = "the call belongs to the parent of this process",
            .detail = "a child process makes calls of its own",
            .maybe_processed = true};
  }
  return {.kind = ErrorKind::invalid_argument,
          .message = "the result would be waited for on the thread that brings it",
          .detail = "inside a callback, use Pending::then instead of waiting",
          .maybe_processed = true};
}

}  // namespace chatopen::client
