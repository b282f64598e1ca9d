#pragma once

#include "base/process.hpp"

#include <atomic>
#include <memory>

namespace chatopen::base {

/// A `T` that a child process gets anew: it shares its parent's connections and has none of its threads, so it must
/// leave its parent's `T` alone, locked mutexes included. What was inherited is kept for ever, reachable for leak
/// checkers. Thread-safe.
template <typename T>
class PerProcess {
 public:
  PerProcess() : current_(new Slot) {}
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    Slot* const slot = current_.load(std::memory_order_acquire);
    if (slot->generation == process_generation()) {
      delete slot;
    } else {
      abandon(*slot);
    }
  }

  [[nodiscard]] T& get() {
    Slot* current = current_.load(std::memory_order_acquire);
    if (current->generation == process_generation()) return current->value;
    auto fresh = std::make_unique<Slot>();
    if (!current_.compare_exchange_strong(current, fresh.get(), std::memory_order_acq_rel)) return current->value;
    abandon(*current);
    return fresh.release()->value;
  }

 private:
  struct Slot {
    unsigned generation = process_generation();
    T value;
    Slot* next_inherited = nullptr;
  };

  static void abandon(Slot& inherited) noexcept {
    static std::atomic<Slot*> first = nullptr;
    inherited.next_inherited = first.load(std::memory_order_relaxed);
    while (!first.compare_exchange_weak(inherited.next_inherited, &inherited)) {
    }
  }

  std::atomic<Slot*> current_;
};

}  // namespace chatopen::base
