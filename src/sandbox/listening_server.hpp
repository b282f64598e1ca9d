#pragma once

#include <httplib.h>

#include <memory>

// Before it had this macro, cpp-httplib left idle connections alone when it was stopped: up to the whole keep-alive
// time passed before their threads ended. There, POSIX systems get a connection loop of our own.
#if !defined(CPPHTTPLIB_KEEPALIVE_TIMEOUT_CHECK_INTERVAL_USECOND) && !defined(_WIN32)
#define CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP 1
#include <chrono>
#include <mutex>
#include <set>
#endif

namespace chatopen::sandbox {

/// cpp-httplib's server, set up for loopback with many connections, and with an end that does not wait for clients.
class ListeningServer final : public httplib::Server {
 public:
  [[nodiscard]] static std::unique_ptr<ListeningServer> create();

  /// 0 takes a free port. Returns the port, or 0 when it cannot be had.
  [[nodiscard]] int bind(int port);
  /// Ends `listen_after_bind` and all connections.
  void end();
  /// For handlers that leave a part of the request unread.
  static void close_after_this_reply() noexcept;

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
  /// Whether connections can be reset at will.
  static constexpr bool can_reset = true;

  // For handlers, about the connection that they serve.

  /// False when the connection ends before the time does.
  [[nodiscard]] static bool wait_while_open(std::chrono::milliseconds time);
  /// Once the connection ends, it is reset instead of closed.
  static void reset_at_close();
#else
  static constexpr bool can_reset = false;
#endif

 private:
  ListeningServer();

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
  bool process_and_close_socket(socket_t connection) override;

  std::mutex mutex_;
  std::set<socket_t> open_;
  bool ended_ = false;
#endif
};

}  // namespace chatopen::sandbox
