#pragma once

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

}  // namespace integration
