#pragma once

#include "connection.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace integration {

/// Says what a server does on each of its connections; runs on a thread of the connection's.
using Script = std::function<void(Connection&)>;

/// The envelope that scripts answer with.
inline constexpr std::string_view hello = R"({"code":"200","msg":"ok","data":{"answer":"hello"}})";

/// Answers every request with `hello` and keeps the connection.
void answer_hello(Connection& connection);

/// A loopback server whose every byte a test decides. Its destructor ends all scripts.
class RawServer {
 public:
  /// With a TLS context, which must outlive the server, the script starts after the handshake.
  explicit RawServer(Script script, const TlsContext* tls = nullptr, const std::string& address = "127.0.0.1");
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// `host:port`
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string base_url() const;

  [[nodiscard]] std::size_t connections() const;
  /// Complete requests of all connections, in the order of the connections.
  [[nodiscard]] std::vector<WireRequest> requests() const;
  /// Every byte of all connections, in the order of the connections.
  [[nodiscard]] std::string received() const;
  [[nodiscard]] std::uint64_t sent() const;

  /// Waits until the records satisfy the condition; false after ten seconds without that.
  template <typename Condition>
  [[nodiscard]] bool wait_until(Condition condition) const {
    std::unique_lock lock(record_.mutex);
    return record_.changed.wait_for(lock, std::chrono::seconds(10), [&] { return condition(record_.connections); });
  }
  [[nodiscard]] bool wait_for_requests(std::size_t count) const;
  [[nodiscard]] bool wait_for_connections(std::size_t count) const;
  /// Until all scripts so far are over and their connections closed.
  [[nodiscard]] bool wait_for_ended_scripts() const;
  /// Until the peer has closed every connection so far.
  [[nodiscard]] bool wait_for_closed_connections() const;

 private:
  void accept_connections(const TlsContext* tls);

  Script script_;
  std::string address_;
  std::uint16_t port_ = 0;
  FileDescriptor listener_;
  FileDescriptor stop_;
  mutable ServerRecord record_;
  std::vector<std::thread> scripts_;
  std::thread acceptor_;
};

/// A bound port that refuses connections: nobody listens, and nobody else can take it.
class DeadPort {
 public:
  DeadPort();
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

/// A listening port that drops every SYN, because its backlog is full.
class BlackHole {
 public:
  /// On a free port, unless one is given.
  explicit BlackHole(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Waits until somebody else has sent a SYN; false after ten seconds without that. For 127.0.0.1.
  [[nodiscard]] bool wait_for_attempt() const;

 private:
  FileDescriptor listener_;
  std::vector<FileDescriptor> fillers_;
  std::uint16_t port_ = 0;
};

}  // namespace integration
