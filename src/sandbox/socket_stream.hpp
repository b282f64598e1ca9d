#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

namespace chatopen::sandbox {

/// A connection as cpp-httplib reads and writes it. Does not own the socket. Writing to a closed one raises no signal.
class SocketStream final : public httplib::Stream {
 public:
  explicit SocketStream(socket_t socket);

  /// False when none comes in time, or the connection ends.
  [[nodiscard]] bool wait_for_request(time_t seconds) const;

  /// False when the connection ends before.
  [[nodiscard]] bool wait_while_open(std::chrono::milliseconds time) const;
  /// Closing the socket will reset the connection.
  void reset_at_close() const;

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* into, std::size_t capacity) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  socket_t socket_;
  // The library reads a head byte by byte.
  std::array<char, 16384> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace chatopen::sandbox
