#include "name_server.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace integration {
namespace {

// RFC 1035, 4.1: the header and the question come back, with one address behind them where there is one.
std::string answer_to(const std::string& query, NameServer::Answer answer) {
  constexpr std::size_t header = 12;
  constexpr char address_record = 1;
  std::size_t end = header;
  while (end < query.size() && query[end] != 0) end += static_cast<unsigned char>(query[end]) + std::size_t{1};
  end += 5;
  if (end > query.size()) return {};
  const char record = query[end - 3];
  std::string reply = query.substr(0, end);
  constexpr char address_record_v6 = 28;
  const bool dual = answer == NameServer::Answer::dual_loopback;
  const bool has_v4 = (dual || answer == NameServer::Answer::loopback) && record == address_record;
  const bool has_v6 = dual && record == address_record_v6;
  const int code = answer == NameServer::Answer::no_such_name ? 3 : answer == NameServer::Answer::failure ? 2 : 0;
  reply[2] = '\x81';
  reply[3] = static_cast<char>(0x80 | code);
  reply[7] = has_v4 || has_v6 ? 1 : 0;
  reply[9] = reply[11] = 0;
  if (has_v6) reply += std::string("\xc0\x0c\0\x1c\0\1\0\0\0\0\0\x10", 12) + std::string(15, '\0') + '\1';
  if (has_v4) reply += std::string("\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1", 16);
  return reply;
}

}  // namespace

NameServer::NameServer(Answer answer)
    : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(53);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) {
    throw std::runtime_error("cannot bind 127.0.0.1:53");
  }
  thread_ = std::thread([this, answer] { serve(answer); });
}

NameServer::~NameServer() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

bool NameServer::wait_for_query() const {
  queries_.wait(0);
  return true;
}

void NameServer::serve(Answer answer) {
  while (true) {
    std::array<pollfd, 2> polled = {pollfd{socket_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    ::poll(polled.data(), polled.size(), -1);
    if ((polled[1].revents & POLLIN) != 0) return;
    std::array<char, 4096> bytes;
    sockaddr_in peer = {};
    socklen_t size = sizeof peer;
    auto* const from = reinterpret_cast<sockaddr*>(&peer);
    const ssize_t length = ::recvfrom(socket_.get(), bytes.data(), bytes.size(), 0, from, &size);
    if (length <= 0) continue;
    ++queries_;
    queries_.notify_all();
    if (answer == Answer::silence) continue;
    const std::string reply = answer_to({bytes.data(), static_cast<std::size_t>(length)}, answer);
    ::sendto(socket_.get(), reply.data(), reply.size(), MSG_NOSIGNAL, from, size);
  }
}

}  // namespace integration
