#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/gate.hpp"

#include <chatopen/result.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace chatopen::sandbox {

class ConnectionThreads;
class ListeningServer;

/// A service behind HTTP on 127.0.0.1. The only file pair that knows how the HTTP library serves.
class HttpServer {
 public:
  /// A request in, its answer out; called from many threads at once.
  using Serve = std::function<Answer(const Incoming&)>;

  /// Binds and listens; the server accepts connections when this returns. Throws what the standard library throws when
  /// the system has no threads or memory left.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(std::uint16_t port, std::size_t max_connections,
                                                                 Serve serve);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_.load(std::memory_order_relaxed); }

 private:
  explicit HttpServer(Serve serve);
  void add_handlers();
  [[nodiscard]] bool bind(std::uint16_t port);
  void listen(std::size_t max_connections);
  [[nodiscard]] Answer answer(const Incoming& request);

  Serve serve_;
  Gate gate_;
  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<std::uint64_t> requests_ = 0;
  std::uint16_t port_ = 0;
  std::unique_ptr<ListeningServer> server_;
  std::unique_ptr<ConnectionThreads> threads_;
  std::thread acceptor_;
};

}  // namespace chatopen::sandbox
