#include "sandbox/listening_server.hpp"

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
#include "sandbox/socket_stream.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace chatopen::sandbox {
namespace {

// Long enough for a client that is slow or stopped in a debugger, and still an end.
constexpr std::chrono::seconds stalled_client{300};

#ifdef MSG_NOSIGNAL
constexpr int send_flags = MSG_NOSIGNAL;
#else
constexpr int send_flags = 0;
#endif

// A client that has closed shows as one that sends no more; elsewhere, only writing to it shows it.
#ifdef POLLRDHUP
constexpr short hang_up = POLLRDHUP;
#else
constexpr short hang_up = 0;
#endif

bool wait_for(socket_t socket, short events, std::chrono::milliseconds time) {
  using std::chrono::steady_clock;
  const steady_clock::time_point end = steady_clock::now() + time;
  pollfd watched = {.fd = socket, .events = events, .revents = 0};
  for (;;) {
    const int ready = ::poll(&watched, 1, static_cast<int>(time.count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
    // An interruption does not make the wait longer.
    time = std::max(std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()), {});
  }
}

template <typename Call>
ssize_t uninterrupted(Call call) {
  ssize_t done = -1;
  do {
    done = call();
  } while (done < 0 && errno == EINTR);
  return done;
}

}  // namespace

SocketStream::SocketStream(socket_t socket) : socket_(socket) {
#ifdef SO_NOSIGPIPE
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
#endif
}

bool SocketStream::wait_for_request(time_t seconds) const {
  return begin_ < end_ || wait_for(socket_, POLLIN, std::chrono::seconds(seconds));
}

bool SocketStream::wait_while_open(std::chrono::milliseconds time) const {
  return !wait_for(socket_, hang_up, time);
}

void SocketStream::reset_at_close() const {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

bool SocketStream::is_readable() const {
  return wait_for_request(stalled_client.count());
}

bool SocketStream::is_writable() const {
  return wait_for(socket_, POLLOUT, stalled_client);
}

ssize_t SocketStream::read(char* into, std::size_t capacity) {
  if (begin_ == end_) {
    if (!is_readable()) return -1;
    if (capacity >= buffer_.size()) return uninterrupted([&] { return ::recv(socket_, into, capacity, 0); });
    const ssize_t received = uninterrupted([&] { return ::recv(socket_, buffer_.data(), buffer_.size(), 0); });
    if (received <= 0) return received;
    begin_ = 0;
    end_ = static_cast<std::size_t>(received);
  }
  const std::size_t size = std::min(capacity, end_ - begin_);
  std::memcpy(into, buffer_.data() + begin_, size);
  begin_ += size;
  return static_cast<ssize_t>(size);
}

ssize_t SocketStream::write(const char* bytes, std::size_t size) {
  if (!is_writable()) return -1;
  return uninterrupted([&] { return ::send(socket_, bytes, size, send_flags); });
}

// Nobody asks for the addresses; only loopback can connect.
void SocketStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

void SocketStream::get_local_ip_and_port(std::string& ip, int& port) const {
  get_remote_ip_and_port(ip, port);
}

}  // namespace chatopen::sandbox

#endif
