#pragma once

#include <chatopen/cancel.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace chatopen::detail {

class CancelState {
 public:
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }
  void cancel() noexcept;
  void add(CancelCallback& callback) noexcept;
  void remove(CancelCallback& callback) noexcept;

 private:
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  std::condition_variable finished_;
  CancelCallback* first_ = nullptr;
  CancelCallback* running_ = nullptr;
  std::thread::id runner_;
};

}  // namespace chatopen::detail
