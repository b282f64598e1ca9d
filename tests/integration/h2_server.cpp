#include "h2_server.hpp"

#include "raw_server.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace integration {
namespace {

#ifdef CHATOPEN_NGHTTPD
constexpr const char* nghttpd = CHATOPEN_NGHTTPD;
#else
constexpr const char* nghttpd = nullptr;
#endif

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

// nghttpd, which sets SO_REUSEADDR too, may bind and listen beside this socket; whoever asks for a free port is not
// given this one.
FileDescriptor reserve_port(std::uint16_t& port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int enabled = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &enabled, sizeof enabled);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(socket.get(), generic, size) != 0 || ::getsockname(socket.get(), generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  port = ntohs(name.sin_port);
  return socket;
}

}  // namespace

bool H2Server::available() {
  return nghttpd != nullptr;
}

H2Server::H2Server(const Identity& identity, const std::vector<std::string>& arguments)
    : key_("key.pem", pem(identity.key)),
      certificate_("certificate.pem", pem(identity.certificate)),
      documents_("unused", "") {
  const std::filesystem::path path =
      std::filesystem::path(documents_.directory()) / "AIGCChatOpenServ/saas/gpt-4o/text/v3";
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << hello;
  reservation_ = reserve_port(port_);
  start(arguments);
  reader_ = std::thread([this] { read_log(); });
  if (!wait_for_log("listen 127.0.0.1:" + std::to_string(port_))) {
    stop();
    throw std::runtime_error("nghttpd does not listen: " + log());
  }
}

void H2Server::serve(const std::string& model, const std::string& file) const {
  const std::filesystem::path directory =
      std::filesystem::path(documents_.directory()) / "AIGCChatOpenServ/saas" / model / "text";
  std::filesystem::create_directories(directory);
  std::filesystem::create_symlink(file, directory / "v3");
}

H2Server::~H2Server() {
  stop();
}

void H2Server::start(const std::vector<std::string>& arguments) {
  if (!available()) throw std::runtime_error("there is no nghttpd");
  std::vector<std::string> command = {nghttpd, "--verbose", "--address=127.0.0.1",
                                      "--htdocs=" + documents_.directory()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.insert(command.end(), {std::to_string(port_), key_.path(), certificate_.path()});
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
void H2Server::stop() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  reader_.join();
}

void H2Server::read_log() {
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

std::string H2Server::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

std::size_t H2Server::count_in_log(std::string_view text) const {
  return count(log(), text);
}

bool H2Server::wait_for_log(std::string_view text, std::size_t times) const {
  std::unique_lock lock(mutex_);
  const auto is_there = [&] { return count(log_, text) >= times; };
  changed_.wait_for(lock, std::chrono::seconds(10), [&] { return is_there() || ended_; });
  return is_there();
}

}  // namespace integration
