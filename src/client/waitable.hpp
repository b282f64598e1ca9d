#pragma once

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace chatopen::client {

class Core;

/// Something that a call brings and a thread may wait for, and who must be driven meanwhile.
class Waitable {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Waitable(const std::shared_ptr<Core>& core) noexcept;
  /// For what the same call brings.
  Waitable(const Waitable& other) noexcept
      : core_(other.core_),
        transport_(other.transport_),
        poll_driven_(other.poll_driven_),
        generation_(other.generation_) {}
  Waitable& operator=(const Waitable&) = delete;
  virtual ~Waitable() = default;

  /// Ends the call.
  virtual void cancel_call() noexcept = 0;

  [[nodiscard]] bool ready() const noexcept;
  /// Until it is there, `until` passes, or waiting makes no sense: see `Pending`. Whether it is there.
  bool wait_until(TimePoint until = TimePoint::max());
  /// Why `wait_until` gave up although it had time.
  [[nodiscard]] Error refused_wait() const;

 protected:
  [[nodiscard]] std::mutex& mutex() const noexcept { return mutex_; }
  /// Asked with the mutex locked.
  [[nodiscard]] virtual bool is_there() const noexcept = 0;
  /// After `fork`, the child never gets it.
  [[nodiscard]] bool belongs_to_parent_process() const noexcept;
  void notify() noexcept { changed_.notify_all(); }

 private:
  void drive(std::unique_lock<std::mutex>& lock, TimePoint until);

  std::weak_ptr<Core> core_;
  // Only compared.
  const Transport* transport_;
  bool poll_driven_;
  unsigned generation_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace chatopen::client
