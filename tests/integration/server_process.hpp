#pragma once

#include "file_descriptor.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace integration {

/// A free loopback port that is bound and not listening, so that nobody else is given it. A server that sets
/// SO_REUSEADDR too may bind and listen beside it.
class ReservedPort {
 public:
  ReservedPort();
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  FileDescriptor socket_;
  std::uint16_t number_ = 0;
};

/// A server as a child process, and what it says. The process ends with this object, and with the thread that made it.
class ServerProcess {
 public:
  /// The program's path and its arguments. Returns when `listening` stands in the log.
  ServerProcess(std::vector<std::string> command, const std::string& listening);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  /// What it wrote so far, errors too.
  [[nodiscard]] std::string log() const;
  /// How often this stands in the log.
  [[nodiscard]] std::size_t count_in_log(std::string_view text) const;
  /// Waits until this stands in the log so many times; false when the server ends or after ten seconds without that.
  [[nodiscard]] bool wait_for_log(std::string_view text, std::size_t times = 1) const;

 private:
  void start(std::vector<std::string> command);
  void stop();
  void read_log();

  pid_t process_ = -1;
  FileDescriptor output_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string log_;
  bool ended_ = false;
  std::thread reader_;
};

}  // namespace integration
