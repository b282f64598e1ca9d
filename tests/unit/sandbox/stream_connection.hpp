#pragma once

#include "raw_connection.hpp"
#include "sandbox_caller.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace chatopen::sandbox {

/// A call whose reply streams, read as the chunks in which it comes.
class StreamConnection {
 public:
  explicit StreamConnection(const Sandbox& sandbox, const std::string& directives = {},
                            const std::string& body = R"({"issue":"hi"})",
                            const std::string& path = "/AIGCChatOpenServ/saas/m/stream")
      : connection_(sandbox) {
    const std::string header = directives.empty() ? "" : "X-Sandbox-Reply: " + directives + "\r\n";
    connection_.send(raw_call(sandbox, path, body, header));
  }

  std::string receive_head() { return connection_.receive_until("\r\n\r\n"); }

  /// Empty for the last chunk, and when the connection ends.
  std::string receive_chunk() {
    const std::string head = connection_.receive_until("\r\n");
    const std::size_t size = std::strtoul(head.c_str(), nullptr, 16);
    had_last_chunk_ = head == "0\r\n";
    const std::string chunk = head.empty() ? head : connection_.receive_until("\r\n");
    // No chunk in these tests has such a line end within.
    return chunk.size() == size + 2 ? chunk.substr(0, size) : "";
  }

  std::vector<std::string> receive_chunks() {
    std::vector<std::string> chunks;
    for (std::string chunk = receive_chunk(); !chunk.empty(); chunk = receive_chunk()) chunks.push_back(chunk);
    return chunks;
  }

  /// The rest, and how it ended.
  std::string receive_body() {
    std::string body;
    for (const std::string& chunk : receive_chunks()) body += chunk;
    return body;
  }
  [[nodiscard]] bool had_last_chunk() const { return had_last_chunk_; }
  [[nodiscard]] bool was_reset() const { return connection_.was_reset(); }

  RawConnection& raw() { return connection_; }

 private:
  RawConnection connection_;
  bool had_last_chunk_ = false;
};

}  // namespace chatopen::sandbox
