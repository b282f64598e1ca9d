#pragma once

#include <chrono>

namespace integration {

/// Moves the wall clock of this program while it lives: everything that asks for the time of day, also in libcurl and
/// OpenSSL, gets another. What waits in the kernel for a time of day goes on waiting for the true one, so that nothing
/// that measures by the wall clock goes unnoticed.
class WallClockJump {
 public:
  explicit WallClockJump(std::chrono::seconds jump);
  WallClockJump(const WallClockJump&) = delete;
  WallClockJump& operator=(const WallClockJump&) = delete;
  ~WallClockJump();
};

}  // namespace integration
