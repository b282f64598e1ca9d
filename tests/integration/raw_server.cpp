#include "raw_server.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace integration {
namespace {

struct Bound {
  FileDescriptor socket;
  std::uint16_t port = 0;
};

Bound bind_port(const std::string& address, std::uint16_t wanted = 0) {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  if (address.find(':') != std::string::npos) {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(wanted);
    ::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr);
    size = sizeof *v6;
  } else {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(wanted);
    ::inet_pton(AF_INET, address.c_str(), &v4->sin_addr);
    size = sizeof *v4;
  }
  FileDescriptor socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  auto* const name = reinterpret_cast<sockaddr*>(&storage);
  if (::bind(socket.get(), name, size) != 0 || ::getsockname(socket.get(), name, &size) != 0) {
    throw std::runtime_error("cannot bind " + address);
  }
  const std::uint16_t port = ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(name)->sin6_port
                                                                 : reinterpret_cast<sockaddr_in*>(name)->sin_port);
  return {std::move(socket), port};
}

}  // namespace

void answer_hello(Connection& connection) {
  while (connection.read_request() && connection.reply("200 OK", hello)) {
  }
}

RawServer::RawServer(Script script, const TlsContext* tls, const std::string& address)
    : script_(std::move(script)), address_(address), stop_(::eventfd(0, EFD_CLOEXEC)) {
  Bound bound = bind_port(address);
  listener_ = std::move(bound.socket);
  port_ = bound.port;
  if (::listen(listener_.get(), 1024) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this, tls] { accept_connections(tls); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(record_.mutex);
    record_.stopping = true;
  }
  ::eventfd_write(stop_.get(), 1);
  acceptor_.join();
  for (std::thread& script : scripts_) script.join();
}

void RawServer::accept_connections(const TlsContext* tls) {
  while (true) {
    std::array<pollfd, 2> polled = {pollfd{listener_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    ::poll(polled.data(), polled.size(), -1);
    if ((polled[1].revents & POLLIN) != 0) return;
    FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.get() < 0) continue;
    const int enabled = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
    std::size_t index = 0;
    {
      const std::lock_guard lock(record_.mutex);
      index = record_.connections.size();
      record_.connections.push_back(std::make_unique<ConnectionRecord>());
      record_.changed.notify_all();
    }
    scripts_.emplace_back([this, tls, index, accepted = std::move(socket)]() mutable {
      // OpenSSL's socket BIO writes without MSG_NOSIGNAL; the client's threads keep the default action.
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      Connection connection(std::move(accepted), index, record_, stop_.get());
      if (tls == nullptr || connection.start_tls(*tls)) script_(connection);
    });
  }
}

std::string RawServer::authority() const {
  const bool v6 = address_.find(':') != std::string::npos;
  return (v6 ? "[" + address_ + "]" : address_) + ":" + std::to_string(port_);
}

std::string RawServer::base_url() const {
  return "http://" + authority();
}

std::size_t RawServer::connections() const {
  const std::lock_guard lock(record_.mutex);
  return record_.connections.size();
}

std::vector<WireRequest> RawServer::requests() const {
  const std::lock_guard lock(record_.mutex);
  std::vector<WireRequest> all;
  for (const auto& each : record_.connections) all.insert(all.end(), each->requests.begin(), each->requests.end());
  return all;
}

std::string RawServer::received() const {
  const std::lock_guard lock(record_.mutex);
  std::string all;
  for (const auto& each : record_.connections) all += each->received;
  return all;
}

std::uint64_t RawServer::sent() const {
  const std::lock_guard lock(record_.mutex);
  std::uint64_t all = 0;
  for (const auto& each : record_.connections) all += each->sent;
  return all;
}

bool RawServer::wait_for_requests(std::size_t count) const {
  return wait_until([&](const auto& connections) {
    std::size_t all = 0;
    for (const auto& each : connections) all += each->requests.size();
    return all >= count;
  });
}

bool RawServer::wait_for_connections(std::size_t count) const {
  return wait_until([&](const auto& connections) { return connections.size() >= count; });
}

bool RawServer::wait_for_ended_scripts() const {
  return wait_until([](const auto& connections) {
    return std::all_of(connections.begin(), connections.end(), [](const auto& each) { return each->ended; });
  });
}

bool RawServer::wait_for_closed_connections() const {
  return wait_until([](const auto& connections) {
    return std::all_of(connections.begin(), connections.end(), [](const auto& each) { return each->closed_by_peer; });
  });
}

DeadPort::DeadPort() {
  Bound bound = bind_port("127.0.0.1");
  socket_ = std::move(bound.socket);
  port_ = bound.port;
}

BlackHole::BlackHole(const std::string& address, std::uint16_t port) {
  Bound bound = bind_port(address, port);
  listener_ = std::move(bound.socket);
  port_ = bound.port;
  ::listen(listener_.get(), 0);
  sockaddr_storage name = {};
  socklen_t size = sizeof name;
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &size);
  // Connections are made until one hangs, which proves that the backlog is full.
  for (int tried = 0; tried < 64; ++tried) {
    FileDescriptor filler(::socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(filler.get(), reinterpret_cast<sockaddr*>(&name), size);
    pollfd writable = {filler.get(), POLLOUT, 0};
    const bool hangs = ::poll(&writable, 1, 50) == 0;
    fillers_.push_back(std::move(filler));
    if (hangs) return;
  }
  throw std::runtime_error("the backlog does not fill");
}

bool BlackHole::wait_for_attempt() const {
  std::array<char, 16> digits;
  std::snprintf(digits.data(), digits.size(), ":%04X ", static_cast<unsigned>(port_));
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < give_up) {
    // State 02 is SYN_SENT; the last filler is in it, too.
    std::ifstream table("/proc/net/tcp");
    int attempts = 0;
    for (std::string line; std::getline(table, line);) {
      if (line.find(std::string(digits.data()) + "02") != std::string::npos) ++attempts;
    }
    if (attempts >= 2) return true;
  }
  return false;
}

}  // namespace integration
