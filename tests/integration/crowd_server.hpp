#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace integration {

/// A server for more connections than threads are good for: a child process with epoll, and descriptors of its own. It
/// answers every request with a stream whose text is `crowd_text`, but goes on after the first piece only when so many
/// streams have begun. The process ends with this object.
class CrowdServer {
 public:
  explicit CrowdServer(std::size_t streams);
  CrowdServer(const CrowdServer&) = delete;
  CrowdServer& operator=(const CrowdServer&) = delete;
  ~CrowdServer();

  [[nodiscard]] std::string base_url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

inline constexpr const char* crowd_text = "all together";

}  // namespace integration
