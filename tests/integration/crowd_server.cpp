#include "crowd_server.hpp"

#include "file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace integration {
namespace {

// Small enough for any socket's buffer.
constexpr std::string_view beginning =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    "2e\r\ndata:{\"code\":\"200\",\"data\":{\"answer\":\"all \"}}\n\n\r\n";
constexpr std::string_view rest =
    "32\r\ndata:{\"code\":\"200\",\"data\":{\"answer\":\"together\"}}\n\n\r\n"
    "d\r\ndata:[DONE]\n\n\r\n0\r\n\r\n";

bool is_whole(std::string_view request) {
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t end = request.find("\r\n\r\n");
  const std::size_t length = request.find(name);
  return end != std::string_view::npos && length < end &&
         request.size() - end - 4 >= std::strtoul(request.data() + length + name.size(), nullptr, 10);
}

void watch(int epoll, int socket) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.fd = socket;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

class Crowd {
 public:
  Crowd(int listener, std::size_t wanted) : listener_(listener), wanted_(wanted) { watch(epoll_, listener); }

  [[noreturn]] void serve() {
    std::array<epoll_event, 256> events = {};
    while (true) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        socket == listener_ ? accept_all() : read(socket);
      }
    }
  }

 private:
  void accept_all() {
    for (int socket = 0; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) watch(epoll_, socket);
  }

  void read(int socket) {
    std::array<char, 4096> piece = {};
    const ssize_t size = ::recv(socket, piece.data(), piece.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    const auto index = static_cast<std::size_t>(socket);
    if (requests_.size() <= index) requests_.resize(index + 1);
    if (size <= 0) {
      requests_[index].clear();
      ::close(socket);
      return;
    }
    requests_[index].append(piece.data(), static_cast<std::size_t>(size));
    if (!is_whole(requests_[index])) return;
    requests_[index].clear();
    send(socket, beginning);
    waiting_.push_back(socket);
    if (waiting_.size() < wanted_) return;
    for (const int each : waiting_) send(each, rest);
    waiting_.clear();
  }

  static void send(int socket, std::string_view bytes) { ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  const int epoll_ = ::epoll_create1(0);
  const int listener_;
  const std::size_t wanted_;
  /// By descriptor; what has come of the next one.
  std::vector<std::string> requests_;
  std::vector<int> waiting_;
};

}  // namespace

CrowdServer::CrowdServer(std::size_t streams) {
  const FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  auto* const generic = reinterpret_cast<sockaddr*>(&name);
  if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), 16384) != 0 ||
      ::getsockname(listener.get(), generic, &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(name.sin_port);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ > 0) return;
  // A test that is killed leaves no server behind, also one that is gone before this call.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  Crowd(listener.get(), streams).serve();
}

CrowdServer::~CrowdServer() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

}  // namespace integration
