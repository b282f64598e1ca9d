#pragma once

#include "connection.hpp"
#include "raw_server.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace integration {

/// Why a stream or connection ends (RFC 9113, 7).
enum class H2Error : std::uint8_t { no_error = 0, internal_error = 2, refused_stream = 7, cancel = 8 };

/// The server's end of an HTTP/2 connection, of which a script decides every frame. It takes whole requests, without
/// looking into them, and answers what the protocol itself asks for.
class H2Connection {
 public:
  /// The connection's TLS has chosen HTTP/2.
  explicit H2Connection(Connection& connection) : connection_(connection) {}

  /// The exchange of the first frames. Without a number there is no limit on streams at the same time.
  bool start(std::optional<std::uint32_t> max_concurrent_streams = std::nullopt);
  /// The stream of the next request that is complete; 0 when the peer has closed.
  [[nodiscard]] std::uint32_t read_request();
  /// Reads on until the peer closes.
  void wait_for_close();

  bool send_head(std::uint32_t stream, std::string_view content_type);
  bool send_body(std::uint32_t stream, std::string_view bytes, bool end);
  /// A whole reply.
  bool reply(std::uint32_t stream, std::string_view body = hello);
  bool reset_stream(std::uint32_t stream, H2Error error);
  /// Streams above `last_stream` were not and will not be processed.
  bool go_away(std::uint32_t last_stream, H2Error error = H2Error::no_error);

  /// Streams that the peer has begun, and neither side has ended.
  [[nodiscard]] int open_streams() const { return static_cast<int>(open_.size()); }
  /// Streams that the peer has reset so far.
  [[nodiscard]] std::size_t resets() const { return resets_; }

 private:
  bool send_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);

  Connection& connection_;
  std::set<std::uint32_t> open_;
  std::size_t resets_ = 0;
};

}  // namespace integration
