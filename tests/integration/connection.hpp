#pragma once

#include "file_descriptor.hpp"
#include "tls.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace integration {

/// A request as it stood on the wire.
struct WireRequest {
  std::string line;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// By name in any case; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// What one connection saw.
struct ConnectionRecord {
  /// Every byte that came, below TLS decrypted.
  std::string received;
  std::vector<WireRequest> requests;
  std::uint64_t sent = 0;
  bool handshake_failed = false;
  bool closed_by_peer = false;
  /// The script is over and the server's end is closed.
  bool ended = false;
};

/// What all connections of a server saw. Lock `mutex` to read.
struct ServerRecord {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::unique_ptr<ConnectionRecord>> connections;
  bool stopping = false;
};

/// The server's end of a connection, used by its script. Every member that waits gives up, and returns false, when the
/// server stops or the peer has closed.
class Connection {
 public:
  Connection(FileDescriptor socket, std::size_t index, ServerRecord& record, int stop_fd);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// 0 for the server's first connection.
  [[nodiscard]] std::size_t index() const { return index_; }

  bool start_tls(const TlsContext& context);
  /// Head and body of the next request.
  bool read_request();
  /// The head only: what follows may not have come.
  bool read_head();
  bool read_bytes(std::size_t count);
  /// The next bytes of what is not HTTP/1, which no request gets.
  bool read_bytes(std::size_t count, std::string& into);
  [[nodiscard]] const WireRequest& request() const { return request_; }
  /// Every byte so far.
  [[nodiscard]] std::string received() const;

  bool send(std::string_view bytes);
  /// A whole reply with a `Content-Length`. Each extra header ends with CRLF.
  bool reply(std::string_view status, std::string_view body, std::string_view extra_headers = {});
  /// Waits until the peer, which is on this machine, has read all that was sent; false after ten seconds without that.
  bool wait_until_read() const;
  /// Lets time pass between two bytes; for faults that are slow.
  bool pause(std::chrono::milliseconds duration);
  /// Reads nothing until the server stops.
  void stall();
  /// Discards what comes until the peer closes.
  bool wait_for_close();

  void close_write();
  /// Closes with FIN, also when bytes that came were not read.
  void close();
  /// Closes with RST.
  void reset();

 private:
  enum class Direction : std::uint8_t { read, write };
  bool wait(Direction direction);
  bool fill();
  bool wait_after_tls_result(int result);
  ConnectionRecord& own_record() const { return *record_.connections[index_]; }
  template <typename Change>
  void note(Change change);

  FileDescriptor socket_;
  std::size_t index_;
  ServerRecord& record_;
  int stop_fd_;
  std::unique_ptr<SSL, OpenSslDeleter<SSL_free>> tls_;
  std::string buffer_;
  WireRequest request_;
};

}  // namespace integration
