#include "sandbox/listening_server.hpp"

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
#include "sandbox/socket_stream.hpp"

#include <unistd.h>

#include <csignal>
#endif

namespace chatopen::sandbox {
namespace {

// Longer than any client keeps an idle connection, so that none is closed while it is being reused.
constexpr time_t keep_alive_seconds = 600;

// The library's default lets a second server take the same port, and part of its connections.
void take_port_alone(socket_t listener) {
  const int on = 1;
#ifdef _WIN32
  setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on), sizeof(on));
#else
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
#endif
}

// Of the connection that this thread serves.
thread_local bool closes_after_reply = false;

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
thread_local const SocketStream* served_connection = nullptr;

std::mutex signals;
#endif

}  // namespace

void ListeningServer::close_after_this_reply() noexcept {
  closes_after_reply = true;
}

std::unique_ptr<ListeningServer> ListeningServer::create() {
#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP
  // The library's constructor ignores SIGPIPE for the whole program. Our stream does not need that, and a program that
  // links the sandbox keeps its signals as they are.
  const std::lock_guard lock(signals);
  struct sigaction before = {};
  sigaction(SIGPIPE, nullptr, &before);
  std::unique_ptr<ListeningServer> server(new ListeningServer);
  sigaction(SIGPIPE, &before, nullptr);
  return server;
#else
  return std::unique_ptr<ListeningServer>(new ListeningServer);
#endif
}

ListeningServer::ListeningServer() {
  set_socket_options(take_port_alone);
  set_tcp_nodelay(true);
  set_keep_alive_timeout(keep_alive_seconds);
  set_keep_alive_max_count(1'000'000);
  set_payload_max_length(std::size_t{256} * 1024 * 1024);
}

int ListeningServer::bind(int port) {
  const char* host = "127.0.0.1";
  if (port == 0)
    port = bind_to_any_port(host);
  else if (!bind_to_port(host, port))
    port = -1;
  if (port <= 0) return 0;
  // The library's backlog of five makes a crowd that connects at once wait a second for its next try.
  ::listen(svr_sock_, SOMAXCONN);
  return port;
}

#ifndef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP

void ListeningServer::end() {
  stop();
}

#else

void ListeningServer::end() {
  stop();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const socket_t connection : open_) ::shutdown(connection, SHUT_RDWR);
}

bool ListeningServer::wait_while_open(std::chrono::milliseconds time) {
  return served_connection->wait_while_open(time);
}

void ListeningServer::reset_at_close() {
  served_connection->reset_at_close();
}

bool ListeningServer::process_and_close_socket(socket_t connection) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) ::shutdown(connection, SHUT_RDWR);
    open_.insert(connection);
  }
  SocketStream stream(connection);
  served_connection = &stream;
  // Answers are never cut to a range: to ignore the header is what HTTP permits.
  const auto ignore_ranges = [](httplib::Request& request) { request.ranges.clear(); };
  bool served = true;
  closes_after_reply = false;
  for (bool closed = false; served && !closed && stream.wait_for_request(keep_alive_seconds);) {
    served = process_request(stream, false, closed, ignore_ranges);
    closed = closed || closes_after_reply;
  }
  {
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
  }
  served_connection = nullptr;
  ::close(connection);
  return served;
}

#endif

}  // namespace chatopen::sandbox
