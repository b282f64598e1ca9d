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

}  // namespace chatopen
