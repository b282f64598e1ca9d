#pragma once

#include "process.hpp"

#include <algorithm>
#include <cstdio>

namespace chatopen::bench {

/// What many streams at once cost the process. Made before the first of them.
class StreamCosts {
 public:
  StreamCosts() {
    restart_resident_peak();
    resident_before_ = process_status("VmRSS:");
    seconds_before_ = processor_seconds();
  }

  /// For a moment when many streams are there.
  void count_threads() { threads_ = std::max(threads_, process_status("Threads:")); }

  /// Lines of a name and a number. Once everything is closed and let go, which is part of the costs.
  void print(int streams, int finished) const {
    const double seconds = processor_seconds() - seconds_before_;
    const double peak = process_status("VmHWM:") - resident_before_;
    std::printf("cpu_seconds %.3f\nthreads %.0f\npeak_kb %.0f\nkb_per_stream %.1f\nfinished %d\n", seconds, threads_,
                peak, peak / streams, finished);
  }

 private:
  double threads_ = 0;
  double resident_before_ = 0;
  double seconds_before_ = 0;
};

}  // namespace chatopen::bench
