#pragma once

#include <chatopen/options.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace chatopen::transport {

/// The head of a reply, collected from the lines that libcurl hands over, and stricter than libcurl is.
class ReplyHead {
 public:
  enum class Step : std::uint8_t {
    more,       ///< The head goes on.
    complete,   ///< This was the end of the final head.
    too_large,  ///< A cap of `Limits` is exceeded.
    malformed,  ///< This is not HTTP, or its framing contradicts itself.
  };

  explicit ReplyHead(const Limits& limits) noexcept : limits_(limits) {}

  /// The next line with its line end. After the end of the head, lines are trailers, which are only counted.
  [[nodiscard]] Step add_line(std::string_view line);

  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::vector<HttpHeader>& headers() const noexcept { return headers_; }
  /// Lets the header lines go, once they were handed over.
  void release_headers() noexcept { std::vector<HttpHeader>().swap(headers_); }
  /// Whether a body that libcurl calls complete is known to be whole: it has a last chunk, a length, HTTP/2's end of
  /// stream, or there is none. A compressed one may have been cut before it was framed, which libcurl does not notice.
  [[nodiscard]] bool proves_body_end() const noexcept;

 private:
  [[nodiscard]] bool parse_status_line(std::string_view line) noexcept;
  [[nodiscard]] bool parse_header(std::string_view line);
  [[nodiscard]] bool note_framing(const HttpHeader& header) noexcept;
  [[nodiscard]] Step end_head() noexcept;

  const Limits& limits_;
  std::vector<HttpHeader> headers_;
  std::optional<std::int64_t> content_length_;
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  int status_ = 0;
  bool is_multiplexed_ = false;
  int interim_heads_ = 0;
  bool transfer_encoding_ = false;
  bool chunked_ = false;
  bool compressed_ = false;
  bool in_head_ = false;
  bool complete_ = false;
};

}  // namespace chatopen::transport
