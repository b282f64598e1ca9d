#pragma once

#include <sys/types.h>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace chatopen {

/// A child process. Its environment is this one's without the variables of the SDK, and with those given
/// (`NAME=value`).
class Process {
 public:
  explicit Process(const std::vector<std::string>& command, const std::vector<std::string>& variables = {});
  /// Kills the process when it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// The next line of its standard output, without the newline; empty at the end.
  std::string read_line();
  void send_signal(int signal) const;
  /// Waits for its end. The exit code, or minus the signal that ended it.
  int wait();
  /// Everything on standard output that no `read_line` took, and on standard error. After `wait`.
  std::string rest_of_output();
  std::string errors();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;

  pid_t id_ = -1;
  File output_;
  File errors_;
};

}  // namespace chatopen
