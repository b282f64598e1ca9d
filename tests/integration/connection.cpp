#include "connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

namespace integration {
namespace {

WireRequest parse_head(std::string_view head) {
  WireRequest request;
  bool first = true;
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
    if (first) {
      request.line = line;
      first = false;
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      request.headers.emplace_back(line.substr(0, colon), value);
    }
  }
  return request;
}

}  // namespace

std::string WireRequest::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (each.size() == name.size() && ::strncasecmp(each.data(), name.data(), name.size()) == 0) return value;
  }
  return {};
}

Connection::Connection(FileDescriptor socket, std::size_t index, ServerRecord& record, int stop_fd)
    : socket_(std::move(socket)), index_(index), record_(record), stop_fd_(stop_fd) {}

template <typename Change>
void Connection::note(Change change) {
  const std::lock_guard lock(record_.mutex);
  change(own_record());
  record_.changed.notify_all();
}

Connection::~Connection() {
  close();
  note([](ConnectionRecord& record) { record.ended = true; });
}

bool Connection::wait(Direction direction) {
  std::array<pollfd, 2> polled = {pollfd{socket_.get(), short(direction == Direction::read ? POLLIN : POLLOUT), 0},
                                  pollfd{stop_fd_, POLLIN, 0}};
  while (::poll(polled.data(), polled.size(), -1) < 0) {
    if (errno != EINTR) return false;
  }
  return (polled[1].revents & POLLIN) == 0;
}

bool Connection::wait_after_tls_result(int result) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: return wait(Direction::read);
    case SSL_ERROR_WANT_WRITE: return wait(Direction::write);
    default: return false;
  }
}

bool Connection::start_tls(const TlsContext& context) {
  tls_.reset(SSL_new(context.get()));
  SSL_set_fd(tls_.get(), socket_.get());
  while (true) {
    const int result = SSL_accept(tls_.get());
    if (result == 1) return true;
    if (!wait_after_tls_result(result)) {
      note([](ConnectionRecord& record) { record.handshake_failed = true; });
      // A client that believes the handshake done sends on; a reset behind that would overtake the alert.
      ::shutdown(socket_.get(), SHUT_WR);
      std::array<char, 4096> bytes;
      while (wait(Direction::read)) {
        const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) break;
      }
      return false;
    }
  }
}

bool Connection::fill() {
  std::array<char, 65536> bytes;
  while (socket_.get() >= 0) {
    ssize_t count = 0;
    if (tls_ != nullptr) {
      count = SSL_read(tls_.get(), bytes.data(), int(bytes.size()));
      if (count <= 0) {
        if (wait_after_tls_result(int(count))) continue;
        count = 0;
      }
    } else {
      count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (!wait(Direction::read)) return false;
        continue;
      }
    }
    if (count <= 0) {
      note([&](ConnectionRecord& record) { record.closed_by_peer = !record_.stopping; });
      return false;
    }
    buffer_.append(bytes.data(), std::size_t(count));
    note([&](ConnectionRecord& record) { record.received.append(bytes.data(), std::size_t(count)); });
    return true;
  }
  return false;
}

bool Connection::read_head() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return false;
  }
  request_ = parse_head(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + 4);
  return true;
}

bool Connection::read_bytes(std::size_t count) {
  std::string bytes;
  if (!read_bytes(count, bytes)) return false;
  request_.body += bytes;
  return true;
}

bool Connection::read_bytes(std::size_t count, std::string& into) {
  while (buffer_.size() < count) {
    if (!fill()) return false;
  }
  into.assign(buffer_, 0, count);
  buffer_.erase(0, count);
  return true;
}

bool Connection::read_request() {
  if (!read_head()) return false;
  const std::string length = request_.header("Content-Length");
  if (!length.empty() && !read_bytes(std::strtoull(length.c_str(), nullptr, 10))) return false;
  note([&](ConnectionRecord& record) { record.requests.push_back(request_); });
  return true;
}

std::string Connection::received() const {
  const std::lock_guard lock(record_.mutex);
  return own_record().received;
}

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty() && socket_.get() >= 0) {
    ssize_t count = 0;
    if (tls_ != nullptr) {
      count = SSL_write(tls_.get(), bytes.data(), int(bytes.size()));
      if (count <= 0) {
        if (!wait_after_tls_result(int(count))) return false;
        continue;
      }
    } else {
      count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0) {
        if ((errno != EAGAIN && errno != EINTR) || !wait(Direction::write)) return false;
        continue;
      }
    }
    bytes.remove_prefix(std::size_t(count));
    note([&](ConnectionRecord& record) { record.sent += std::uint64_t(count); });
  }
  return bytes.empty();
}

bool Connection::reply(std::string_view status, std::string_view body, std::string_view extra_headers) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n").append(extra_headers).append("\r\n").append(body);
  return send(text);
}

bool Connection::pause(std::chrono::milliseconds duration) {
  pollfd stop = {stop_fd_, POLLIN, 0};
  return ::poll(&stop, 1, int(duration.count())) == 0;
}

bool Connection::wait_until_read() const {
  sockaddr_in own = {};
  sockaddr_in peer = {};
  socklen_t size = sizeof own;
  ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&own), &size);
  ::getpeername(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size);
  // A line of the kernel's table: number, local and remote address, state, and the two queues, all in hexadecimal.
  const auto port_of = [](const std::string& address) {
    return std::stoul(address.substr(address.find(':') + 1), nullptr, 16);
  };
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < give_up) {
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      std::string number, local, remote, state, queues;
      fields >> number >> local >> remote >> state >> queues;
      if (port_of(local) != ntohs(peer.sin_port) || port_of(remote) != ntohs(own.sin_port)) continue;
      if (queues.substr(queues.find(':') + 1) == "00000000") return true;
    }
  }
  return false;
}

void Connection::stall() {
  pollfd stop = {stop_fd_, POLLIN, 0};
  ::poll(&stop, 1, -1);
}

bool Connection::wait_for_close() {
  while (fill()) buffer_.clear();
  const std::lock_guard lock(record_.mutex);
  return own_record().closed_by_peer;
}

void Connection::close_write() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void Connection::close() {
  if (socket_.get() < 0) return;
  // Unread bytes would turn the FIN into a RST.
  if (tls_ == nullptr) {
    ::shutdown(socket_.get(), SHUT_WR);
    std::array<char, 65536> bytes;
    while (::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
    }
  }
  socket_.close();
}

void Connection::reset() {
  const linger at_once = {1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.close();
}

}  // namespace integration
