#pragma once

#include "sandbox/gate.hpp"
#include "sandbox/service.hpp"

#include <chatopen/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace chatopen::sandbox {

class ConnectionThreads;
class ListeningServer;

/// The service behind HTTP on 127.0.0.1. The only file pair that knows how the HTTP library serves.
class HttpServer {
 public:
  /// Binds and listens; the server accepts connections when this returns. Throws what the standard library throws when
  /// the system has no threads or memory left.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(std::uint16_t port, std::size_t max_connections,
                                                                 Credentials credentials,
                                                                 std::uint64_t max_upload_bytes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_.load(std::memory_order_relaxed); }

 private:
  HttpServer(Credentials credentials, std::uint64_t max_upload_bytes);
  void add_handlers();
  [[nodiscard]] bool bind(std::uint16_t port);
  void listen(std::size_t max_connections);
  [[nodiscard]] Answer answer(const Incoming& request);

  Service service_;
  Gate gate_;
  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<std::uint64_t> requests_ = 0;
  std::uint16_t port_ = 0;
  std::unique_ptr<ListeningServer> server_;
  std::unique_ptr<ConnectionThreads> threads_;
  std::thread acceptor_;
};

}  // namespace chatopen::sandbox
