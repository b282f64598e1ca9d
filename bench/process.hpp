#pragma once

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace chatopen::bench {

/// The number in a line of /proc/self/status, such as `VmHWM:     5120 kB`.
inline double process_status(std::string_view line_name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(line_name)) return std::strtod(line.c_str() + line_name.size(), nullptr);
  }
  return 0;
}

/// Lets `VmHWM:` start from what is resident now.
inline void restart_resident_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// What the process used so far, inside the kernel and outside.
inline double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/// Lets the process have as many open files as the system allows it.
inline void raise_open_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace chatopen::bench
