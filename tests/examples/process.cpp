#include "process.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace chatopen {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::string read_all(std::FILE* file) {
  std::string text;
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof(buffer), file)) > 0;) text.append(buffer, size);
  return text;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& variables)
    : errors_(std::tmpfile()) {
  std::vector<std::string> environment = variables;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view(*each).starts_with("CHATOPEN_")) environment.emplace_back(*each);
  }
  int ends[2] = {-1, -1};
  if (!errors_ || ::pipe(ends) != 0) throw std::runtime_error("no pipe");
  output_.reset(::fdopen(ends[0], "r"));

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(errors_.get()), STDERR_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<std::string> arguments = command;
  const int failure = posix_spawn(&id_, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(),
                                  pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failure != 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

std::string Process::read_line() {
  std::string line;
  for (int c = 0; (c = std::fgetc(output_.get())) != EOF && c != '\n';) line += static_cast<char>(c);
  return line;
}

void Process::send_signal(int signal) const {
  ::kill(id_, signal);
}

int Process::wait() {
  // Read first: a process that fills the pipe would never end.
  const std::string output = read_all(output_.get());
  output_.reset(std::tmpfile());
  std::fwrite(output.data(), 1, output.size(), output_.get());
  std::rewind(output_.get());
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string Process::rest_of_output() {
  return read_all(output_.get());
}

std::string Process::errors() {
  std::rewind(errors_.get());
  return read_all(errors_.get());
}

}  // namespace chatopen
