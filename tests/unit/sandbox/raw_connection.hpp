#pragma once

#include <chatopen/sandbox/sandbox.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

namespace chatopen::sandbox {

/// A connection on which a test sends any bytes, also such as no HTTP client would.
class RawConnection {
 public:
  explicit RawConnection(const Sandbox& sandbox) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const std::string url = sandbox.base_url();
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view bytes) { (void)::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// So that a server which waits for more sees that there is none.
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  /// Everything up to and including the text, or all there is before the connection ends.
  std::string receive_until(std::string_view text) {
    std::string received;
    char byte = 0;
    ssize_t got = 1;
    while (!received.ends_with(text) && (got = ::recv(socket_, &byte, 1, 0)) == 1) received += byte;
    was_reset_ = got < 0 && errno == ECONNRESET;
    return received;
  }
  std::string receive_all() { return receive_until(std::string_view("\0never", 6)); }

  /// Whether that is how what was last received ended.
  [[nodiscard]] bool was_reset() const { return was_reset_; }

 private:
  int socket_;
  bool was_reset_ = false;
  bool connected_ = false;
};

}  // namespace chatopen::sandbox
