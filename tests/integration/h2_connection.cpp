#include "h2_connection.hpp"

#include <algorithm>

namespace integration {
namespace {

// RFC 9113, 6.
constexpr std::uint8_t data_frame = 0;
constexpr std::uint8_t headers_frame = 1;
constexpr std::uint8_t rst_stream_frame = 3;
constexpr std::uint8_t settings_frame = 4;
constexpr std::uint8_t ping_frame = 6;
constexpr std::uint8_t goaway_frame = 7;
constexpr std::uint8_t window_update_frame = 8;

constexpr std::uint8_t end_stream = 1;
constexpr std::uint8_t ack = 1;
constexpr std::uint8_t end_headers = 4;

std::string big_endian(std::uint32_t number, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[bytes - 1 - i] = static_cast<char>(number >> (8 * i));
  return text;
}

std::uint32_t big_endian(std::string_view text) {
  std::uint32_t number = 0;
  for (const char c : text) number = (number << 8) | static_cast<unsigned char>(c);
  return number;
}

// A string of HPACK that is not compressed (RFC 7541, 5.2), shorter than 127 bytes.
std::string literal(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

}  // namespace

bool H2Connection::start(std::optional<std::uint32_t> max_concurrent_streams) {
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  constexpr std::uint32_t max_concurrent_streams_setting = 3;
  std::string settings;
  if (max_concurrent_streams) {
    settings = big_endian(max_concurrent_streams_setting, 2) + big_endian(*max_concurrent_streams, 4);
  }
  std::string read;
  return send_frame(settings_frame, 0, 0, settings) && connection_.read_bytes(preface.size(), read) && read == preface;
}

std::uint32_t H2Connection::read_request() {
  constexpr std::size_t head_size = 9;
  std::string head;
  std::string payload;
  while (connection_.read_bytes(head_size, head)) {
    const std::uint32_t size = big_endian(std::string_view(head).substr(0, 3));
    const auto type = static_cast<std::uint8_t>(head[3]);
    const auto flags = static_cast<std::uint8_t>(head[4]);
    const std::uint32_t stream = big_endian(std::string_view(head).substr(5)) & 0x7fff'ffff;
    if (!connection_.read_bytes(size, payload)) return 0;
    switch (type) {
      case settings_frame:
        if ((flags & ack) == 0 && !send_frame(settings_frame, ack, 0, {})) return 0;
        break;
      case ping_frame:
        if ((flags & ack) == 0 && !send_frame(ping_frame, ack, 0, payload)) return 0;
        break;
      case rst_stream_frame:
        ++resets_;
        open_.erase(stream);
        break;
      case data_frame:
        // What was read may be sent again.
        if (size > 0 && !send_frame(window_update_frame, 0, 0, big_endian(size, 4))) return 0;
        if (size > 0 && !send_frame(window_update_frame, 0, stream, big_endian(size, 4))) return 0;
        if ((flags & end_stream) != 0) return stream;
        break;
      case headers_frame:
        open_.insert(stream);
        if ((flags & end_stream) != 0) return stream;
        break;
      default: break;
    }
  }
  return 0;
}

void H2Connection::wait_for_close() {
  while (read_request() != 0) {
  }
}

bool H2Connection::send_head(std::uint32_t stream, std::string_view content_type) {
  // `:status: 200` is the eighth entry of the static table, the name `content-type` the 31st (RFC 7541, A).
  return send_frame(headers_frame, end_headers, stream, "\x88\x0f\x10" + literal(content_type));
}

bool H2Connection::send_body(std::uint32_t stream, std::string_view bytes, bool end) {
  if (end) open_.erase(stream);
  constexpr std::size_t max_frame = 16384;
  while (bytes.size() > max_frame) {
    if (!send_frame(data_frame, 0, stream, bytes.substr(0, max_frame))) return false;
    bytes.remove_prefix(max_frame);
  }
  return send_frame(data_frame, end ? end_stream : std::uint8_t{0}, stream, bytes);
}

bool H2Connection::reply(std::uint32_t stream, std::string_view body) {
  return send_head(stream, "application/json") && send_body(stream, body, true);
}

bool H2Connection::reset_stream(std::uint32_t stream, H2Error error) {
  open_.erase(stream);
  return send_frame(rst_stream_frame, 0, stream, big_endian(static_cast<std::uint32_t>(error), 4));
}

bool H2Connection::go_away(std::uint32_t last_stream, H2Error error) {
  return send_frame(goaway_frame, 0, 0, big_endian(last_stream, 4) + big_endian(static_cast<std::uint32_t>(error), 4));
}

bool H2Connection::send_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  std::string frame = big_endian(static_cast<std::uint32_t>(payload.size()), 3);
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  frame += big_endian(stream, 4);
  frame += payload;
  return connection_.send(frame);
}

}  // namespace integration
