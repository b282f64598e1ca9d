// fixed_reply_server: answers every request on loopback with the same reply over kept connections. Prints its port, and
// when its standard input ends, how many connections it accepted. A process of its own, so that its cost stays apart.

#include "replies.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Connection {
  std::string head;
  std::size_t body_left = 0;
};

std::string make_reply() {
  const std::string_view body = chatopen::bench::envelope_reply;
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 06 Oct 2025 08:00:00 GMT\r\nServer: bench\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
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

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Takes what arrived, and answers when a request is complete. Requests are not pipelined.
bool take(Connection& connection, int socket, std::string_view bytes, std::string_view reply) {
  if (connection.body_left > 0) {
    connection.body_left -= std::min(connection.body_left, bytes.size());
  } else {
    connection.head.append(bytes);
    const std::size_t end = connection.head.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    const std::size_t arrived = connection.head.size() - end - 4;
    const std::size_t body = content_length(connection.head);
    connection.head.clear();
    connection.body_left = body - std::min(body, arrived);
  }
  return connection.body_left > 0 || send_all(socket, reply);
}

int listen_on_loopback() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, generic, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    return -1;
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

}  // namespace

int main() {
  const int listener = listen_on_loopback();
  if (listener < 0) {
    std::perror("fixed_reply_server");
    return 1;
  }
  const std::string reply = make_reply();
  std::vector<char> buffer(256 * 1024);
  std::vector<pollfd> polled{{STDIN_FILENO, POLLIN, 0}, {listener, POLLIN, 0}};
  std::vector<Connection> connections(polled.size());
  int accepted = 0;
  while (poll(polled.data(), polled.size(), -1) > 0 && polled[0].revents == 0) {
    for (std::size_t i = polled.size(); i-- > 2;) {
      if (polled[i].revents == 0) continue;
      const ssize_t count = recv(polled[i].fd, buffer.data(), buffer.size(), 0);
      if (count > 0 && take(connections[i], polled[i].fd, {buffer.data(), static_cast<std::size_t>(count)}, reply)) {
        continue;
      }
      close(polled[i].fd);
      polled.erase(polled.begin() + static_cast<std::ptrdiff_t>(i));
      connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (polled[1].revents == 0) continue;
    const int socket = accept(listener, nullptr, nullptr);
    if (socket < 0) continue;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++accepted;
    polled.push_back({socket, POLLIN, 0});
    connections.emplace_back();
  }
  std::printf("%d\n", accepted);
  return 0;
}
