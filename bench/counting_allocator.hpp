#pragma once

#include <cstddef>

namespace chatopen::bench {

/// What went through `operator new`, which a program that links counting_allocator.cpp counts.
struct Allocations {
  std::size_t live_bytes = 0;
  std::size_t peak_bytes = 0;
  /// Allocations of at least 1 MiB.
  int large = 0;
};

[[nodiscard]] Allocations allocations() noexcept;

/// Lets the peak start from what is live now, and the large ones from zero.
void restart_peak() noexcept;

}  // namespace chatopen::bench
