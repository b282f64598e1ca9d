#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <thread>

extern char** environ;

namespace chatopen {
namespace {

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
};

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void close_once(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

ChildSetup::ChildSetup(const std::vector<std::string>& arguments, const Variables& variables)
    : arguments_(arguments), environment_(variables) {
  arguments_.insert(arguments_.begin(), CHATOPEN_PROGRAM);
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable = *each;
    bool ours = false;
    for (const char* prefix : {"CHATOPEN_", "NO_COLOR=", "TERM=", "COLUMNS="}) ours |= variable.starts_with(prefix);
    if (!ours) environment_.emplace_back(variable);
  }
  environment_.emplace_back("TERM=xterm");
}

std::vector<char*> ChildSetup::pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void ChildSetup::execute() {
  ::execve(arguments_[0].c_str(), pointers(arguments_).data(), pointers(environment_).data());
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments, const Variables& variables) {
  Pipe input;
  start(arguments, variables, input.ends[0]);
  ::close(input.ends[0]);
  input_pipe_ = input.ends[1];
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments, const Variables& variables, int input) {
  start(arguments, variables, input);
}

void RunningProgram::start(const std::vector<std::string>& arguments, const Variables& variables, int input) {
  // A program that ends early must not end the test.
  std::signal(SIGPIPE, SIG_IGN);
  Pipe output, error;
  ChildSetup setup(arguments, variables);
  id_ = ::fork();
  if (id_ == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output.ends[1], STDOUT_FILENO);
    ::dup2(error.ends[1], STDERR_FILENO);
    setup.execute();
    ::_exit(127);
  }
  ::close(output.ends[1]);
  ::close(error.ends[1]);
  output_pipe_ = output.ends[0];
  error_pipe_ = error.ends[0];
}

RunningProgram::~RunningProgram() {
  close_input();
  close_output();
  close_once(error_pipe_);
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void RunningProgram::write(const std::string& input) const {
  std::size_t written = 0;
  while (written < input.size()) {
    const ssize_t count = ::write(input_pipe_, input.data() + written, input.size() - written);
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

void RunningProgram::close_input() {
  close_once(input_pipe_);
}

void RunningProgram::close_output() {
  close_once(output_pipe_);
}

bool RunningProgram::read_some(int timeout) {
  pollfd both[] = {{output_pipe_, POLLIN, 0}, {error_pipe_, POLLIN, 0}};
  if (::poll(both, 2, timeout) <= 0) return false;
  const auto read_one = [](const pollfd& one, int& pipe, std::string& into) {
    if (one.fd < 0 || one.revents == 0) return;
    char buffer[8192];
    const ssize_t count = ::read(pipe, buffer, sizeof(buffer));
    if (count > 0) {
      into.append(buffer, static_cast<std::size_t>(count));
    } else {
      close_once(pipe);
    }
  };
  read_one(both[0], output_pipe_, output_);
  read_one(both[1], error_pipe_, errors_);
  return true;
}

std::string RunningProgram::read_until(const std::string& text) {
  while (output_.find(text) == std::string::npos && output_pipe_ >= 0) {
    if (!read_some(60'000)) break;
  }
  return output_;
}

void RunningProgram::send_signal(int signal) const {
  ::kill(id_, signal);
}

int RunningProgram::wait() {
  close_input();
  while (output_pipe_ >= 0 || error_pipe_ >= 0) read_some(-1);
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  return code_of(status);
}

bool RunningProgram::has_ended(int& code) {
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return false;
  id_ = -1;
  code = code_of(status);
  return true;
}

Outcome run_program(const std::vector<std::string>& arguments, const Variables& variables, const std::string& input) {
  RunningProgram program(arguments, variables);
  std::thread writer([&] {
    program.write(input);
    program.close_input();
  });
  program.read_until("\x01 never \x01");
  writer.join();
  const int code = program.wait();
  return {code, program.output(), program.errors()};
}

}  // namespace chatopen
