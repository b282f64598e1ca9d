#pragma once

#include "fault_matrix.hpp"

#include <cstddef>
#include <fstream>
#include <string>

namespace integration {

/// The most memory that this program has held since `reset_peak_memory`, in bytes.
[[nodiscard]] inline std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

inline void reset_peak_memory() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// What to allow where the code as it ships may take so many bytes: AddressSanitizer keeps up to 256 MiB of what was
/// freed, and surrounds what is held.
[[nodiscard]] constexpr std::size_t allowed_memory(std::size_t bytes) {
  return slowdown > 1 ? bytes * slowdown + (std::size_t{256} << 20) : bytes;
}

}  // namespace integration
