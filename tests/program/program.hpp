#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace chatopen {

using Variables = std::vector<std::string>;

/// The program chatopen with these arguments, its three streams being pipes. Its environment is this one's without the
/// variables of the SDK and of terminals, and with those given (`NAME=value`).
class RunningProgram {
 public:
  explicit RunningProgram(const std::vector<std::string>& arguments, const Variables& variables = {});
  /// The same with this descriptor as its standard input.
  RunningProgram(const std::vector<std::string>& arguments, const Variables& variables, int input);
  /// Kills it when it still runs.
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  void write(const std::string& input) const;
  void close_input();
  /// Reads its standard output until this text has come, or its end. All that has come until now.
  std::string read_until(const std::string& text);
  /// Closes our end of its standard output.
  void close_output();
  void send_signal(int signal) const;
  /// Whether it has ended, also with output that nobody has read; `code` is then as from `wait`.
  bool has_ended(int& code);
  /// Reads both outputs to their end and waits. The exit code, or minus the signal that ended it.
  int wait();
  [[nodiscard]] const std::string& output() const noexcept { return output_; }
  [[nodiscard]] const std::string& errors() const noexcept { return errors_; }

 private:
  void start(const std::vector<std::string>& arguments, const Variables& variables, int input);
  bool read_some(int timeout);

  pid_t id_ = -1;
  int input_pipe_ = -1;
  int output_pipe_ = -1;
  int error_pipe_ = -1;
  std::string output_;
  std::string errors_;
};

/// How a program ended.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs it to its end, with this on its standard input.
Outcome run_program(const std::vector<std::string>& arguments, const Variables& variables = {},
                    const std::string& input = {});

/// A child's arguments and environment, as `exec` takes them.
class ChildSetup {
 public:
  ChildSetup(const std::vector<std::string>& arguments, const Variables& variables);
  /// In the child. Returns only on failure.
  void execute();

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts);
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
};

}  // namespace chatopen
