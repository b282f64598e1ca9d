#pragma once

#include <cstddef>

namespace chatopen {

/// Counts the allocations of at least so many bytes, on any thread, while it lives. One at a time.
class AllocationCount {
 public:
  explicit AllocationCount(std::size_t at_least) noexcept;
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;
  ~AllocationCount();

  [[nodiscard]] int count() const noexcept;
  /// Bytes of the counted allocations together.
  [[nodiscard]] std::size_t bytes() const noexcept;
};

/// Lets one allocation fail: the calling thread's n-th, from 1, while it lives. One at a time on a thread.
class AllocationFailure {
 public:
  explicit AllocationFailure(int nth) noexcept;
  AllocationFailure(const AllocationFailure&) = delete;
  AllocationFailure& operator=(const AllocationFailure&) = delete;
  ~AllocationFailure();

  /// Whether there were so many.
  [[nodiscard]] bool happened() const noexcept;
};

/// What was allocated and not freed yet, on all threads.
[[nodiscard]] std::ptrdiff_t live_allocations() noexcept;

}  // namespace chatopen
