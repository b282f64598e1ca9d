#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>

namespace chatopen::sandbox {

/// Where requests wait that asked to. Thread-safe; stopping ends every wait at once.
class Gate {
 public:
  /// False when the gate has stopped.
  bool wait_for(std::chrono::milliseconds delay);

  /// Waits until `count` requests with the same count are here. Empty-handed after `limit`: false, and how many came.
  struct Meeting {
    bool complete = false;
    int present = 0;
  };
  [[nodiscard]] Meeting meet(int count, std::chrono::milliseconds limit);

  void stop();

 private:
  struct Group {
    int present = 0;
    /// How often this group has been complete, by which those who wait see that theirs was.
    std::uint64_t completed = 0;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::map<int, Group> groups_;
};

}  // namespace chatopen::sandbox
