// stream_server: answers requests on loopback with streams of events over kept connections. The path's start chooses:
//   /fast/<events>            500 events in a chunk and a write, as fast as the socket takes them
//   /slow/<events>/<pace ms>  one event at a time; the streams' phases are spread over the pace
// Prints its port, and when its standard input ends, how many connections it accepted and how many streams it finished.
// A process of its own, so that its cost stays apart.

#include "process.hpp"
#include "replies.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace chatopen;
using Clock = std::chrono::steady_clock;

constexpr long events_per_batch = 500;

struct Connection {
  /// Of the request that arrives.
  std::string head;
  std::size_t body_left = 0;
  bool streaming = false;
  long events_left = 0;
  bool end_sent = false;
  /// Zero: as fast as the socket takes them.
  Clock::duration pace{};
  /// When the next event is to be sent.
  Clock::time_point due;
  /// What the socket has not taken yet.
  std::string_view unsent;
};

std::string chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  char* const end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  return std::string(size.data(), end).append("\r\n").append(bytes).append("\r\n");
}

std::string repeat(std::string_view bytes, long times) {
  std::string all;
  while (times-- > 0) all.append(bytes);
  return all;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  std::size_t length = 0;
  const std::size_t at = head.find(name);
  if (at != std::string_view::npos) {
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  }
  return length;
}

class Server {
 public:
  /// Prints the port.
  bool listen_on_loopback() {
    bench::raise_open_files();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 16384) != 0 ||
        getsockname(listener_, generic, &size) != 0 || !watch(listener_, EPOLLIN) || !watch(STDIN_FILENO, EPOLLIN)) {
      return false;
    }
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
  }

  /// Until the standard input ends.
  void run() {
    std::vector<epoll_event> events(1024);
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_wait());
      now_ = Clock::now();
      for (int i = 0; i < count; ++i) {
        const int socket = events[static_cast<std::size_t>(i)].data.fd;
        if (socket == STDIN_FILENO) return;
        if (socket == listener_) {
          accept_all();
        } else if (!receive(socket) || !send_what_is_due(socket)) {
          drop(socket);
        }
      }
      send_due_events();
    }
  }

  void print_counts() const { std::printf("%d %d\n", accepted_, finished_); }

 private:
  bool watch(int file, std::uint32_t what) const {
    epoll_event event{};
    event.events = what;
    event.data.fd = file;
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, file, &event) == 0;
  }

  Connection& connection(int socket) { return connections_[static_cast<std::size_t>(socket)]; }

  void accept_all() {
    for (int socket = 0; (socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.resize(std::max(connections_.size(), static_cast<std::size_t>(socket) + 1));
      // Told of changes only, which saves a call whenever a socket is full and empty again.
      watch(socket, EPOLLIN | EPOLLOUT | EPOLLET);
      ++accepted_;
    }
  }

  void drop(int socket) {
    due_.erase({connection(socket).due, socket});
    connection(socket) = {};
    close(socket);
  }

  // False when the connection has ended. Requests are not pipelined.
  bool receive(int socket) {
    for (;;) {
      const ssize_t count = recv(socket, buffer_.data(), buffer_.size(), 0);
      if (count < 0) return errno == EAGAIN;
      if (count == 0 || !take(connection(socket), {buffer_.data(), static_cast<std::size_t>(count)})) return false;
    }
  }

  // False for a request that is not understood.
  bool take(Connection& from, std::string_view bytes) {
    if (from.body_left > 0) {
      from.body_left -= std::min(from.body_left, bytes.size());
    } else {
      from.head.append(bytes);
      const std::size_t end = from.head.find("\r\n\r\n");
      if (end == std::string::npos) return true;
      if (!choose_stream(from)) return false;
      const std::size_t arrived = from.head.size() - end - 4;
      const std::size_t body = content_length(from.head);
      from.body_left = body - std::min(body, arrived);
      from.head.clear();
    }
    if (from.body_left == 0) start_stream(from);
    return true;
  }

  static bool choose_stream(Connection& to) {
    long events = 0;
    int pace = 0;
    if (std::sscanf(to.head.c_str(), "POST /slow/%ld/%d", &events, &pace) != 2 &&
        std::sscanf(to.head.c_str(), "POST /fast/%ld", &events) != 1) {
      return false;
    }
    to.events_left = events;
    to.pace = std::chrono::milliseconds(pace);
    return true;
  }

  void start_stream(Connection& to) {
    to.streaming = true;
    to.end_sent = false;
    to.unsent = head_;
    // Steps of the golden ratio leave no gap, however many streams there are.
    to.due = now_ + to.pace * (++started_ * 618 % 1000) / 1000;
  }

  // False when the connection has ended.
  bool send_what_is_due(int socket) {
    Connection& to = connection(socket);
    while (to.streaming) {
      if (!to.unsent.empty()) {
        const ssize_t sent = send(socket, to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        to.unsent.remove_prefix(static_cast<std::size_t>(sent));
      } else if (to.events_left > 0) {
        if (to.due > now_) {
          due_.emplace(to.due, socket);
          return true;
        }
        const bool batch = to.pace == Clock::duration::zero() && to.events_left >= events_per_batch;
        to.events_left -= batch ? events_per_batch : 1;
        to.unsent = batch ? batch_ : event_;
        to.due = now_ + to.pace;
      } else if (!to.end_sent) {
        to.end_sent = true;
        to.unsent = end_;
      } else {
        to.streaming = false;
        ++finished_;
      }
    }
    return true;
  }

  void send_due_events() {
    while (!due_.empty() && due_.begin()->first <= now_) {
      const int socket = due_.begin()->second;
      due_.erase(due_.begin());
      if (!send_what_is_due(socket)) drop(socket);
    }
  }

  int milliseconds_to_wait() const {
    if (due_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - Clock::now()).count();
    return static_cast<int>(std::max<decltype(left)>(left, 0));
  }

  const std::string head_ =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nDate: Mon, 06 Oct 2025 08:00:00 GMT\r\nServer: bench\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  const std::string batch_ = chunk(repeat(bench::stream_event, events_per_batch));
  const std::string event_ = chunk(bench::stream_event);
  const std::string end_ = chunk(bench::stream_end) + "0\r\n\r\n";

  const int epoll_ = epoll_create1(0);
  const int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  /// By descriptor.
  std::vector<Connection> connections_;
  std::set<std::pair<Clock::time_point, int>> due_;
  Clock::time_point now_ = Clock::now();
  int accepted_ = 0;
  int started_ = 0;
  int finished_ = 0;
};

}  // namespace

int main() {
  Server server;
  if (!server.listen_on_loopback()) {
    std::perror("stream_server");
    return 1;
  }
  server.run();
  server.print_counts();
  return 0;
}
