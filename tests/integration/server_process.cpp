#include "server_process.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace integration {
namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

}  // namespace

ReservedPort::ReservedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int enabled = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &enabled, sizeof enabled);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(socket_.get(), generic, size) != 0 || ::getsockname(socket_.get(), generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  number_ = ntohs(name.sin_port);
}

ServerProcess::ServerProcess(std::vector<std::string> command, const std::string& listening) {
  const std::string program = command.at(0);
  start(std::move(command));
  reader_ = std::thread([this] { read_log(); });
  if (!wait_for_log(listening)) {
    stop();
    throw std::runtime_error(program + " does not listen: " + log());
  }
}

ServerProcess::~ServerProcess() {
  stop();
}

void ServerProcess::start(std::vector<std::string> command) {
  std::vector<char*> pointers;
  for (std::string& each : command) pointers.push_back(each.data());
  pointers.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  output_ = FileDescriptor(ends[0]);
  const FileDescriptor input(ends[1]);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ > 0) return;
  // A test that is killed leaves no server behind, also one that is gone before this call.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == parent) {
    ::dup2(input.get(), STDOUT_FILENO);
    ::dup2(input.get(), STDERR_FILENO);
    ::execv(pointers[0], pointers.data());
  }
  ::_exit(127);
}

// The log ends with the process, and its reader with the log.
void ServerProcess::stop() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  reader_.join();
}

void ServerProcess::read_log() {
  std::array<char, 4096> piece;
  ssize_t size = 0;
  while ((size = ::read(output_.get(), piece.data(), piece.size())) > 0) {
    const std::lock_guard lock(mutex_);
    log_.append(piece.data(), static_cast<std::size_t>(size));
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::string ServerProcess::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::size_t ServerProcess::count_in_log(std::string_view text) const {
  return count(log(), text);
}

bool ServerProcess::wait_for_log(std::string_view text, std::size_t times) const {
  std::unique_lock lock(mutex_);
  const auto is_there = [&] { return count(log_, text) >= times; };
  changed_.wait_for(lock, std::chrono::seconds(10), [&] { return is_there() || ended_; });
  return is_there();
}

}  // namespace integration
