#pragma once

#include <chatopen/options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::sandbox {

/// A request as it came, whatever HTTP library brought it.
struct Incoming {
  std::string method = {};
  /// Path and query, still percent-encoded.
  std::string target = {};
  std::vector<HttpHeader> headers = {};
  std::string body = {};

  /// Null when the header is absent; throws `Refusal` when it came more than once.
  [[nodiscard]] const std::string* header(std::string_view name) const;
};

/// A body that is sent in chunks.
struct StreamBody {
  enum class End : std::uint8_t { last_chunk, close, reset };

  /// Each is a chunk.
  std::vector<std::string> writes = {};
  /// Between two writes.
  std::chrono::milliseconds pace = {};
  /// Between the last write and the end.
  std::chrono::milliseconds linger = {};
  End end = End::last_chunk;
};

/// What goes back, and what happens before that.
struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  /// Instead of the body.
  std::optional<StreamBody> stream = {};
  std::chrono::milliseconds delay = {};
  /// How many requests with the same number must have arrived before any of them is answered; 0 for none.
  int together = 0;
};

/// Thrown at the first fault of a request; becomes an envelope with the status as its code.
class Refusal : public std::runtime_error {
 public:
  Refusal(int status, const std::string& message, std::vector<HttpHeader> headers = {})
      : std::runtime_error(message), status_(status), headers_(std::move(headers)) {}
  explicit Refusal(const std::string& message) : Refusal(400, message) {}

  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::vector<HttpHeader>& headers() const noexcept { return headers_; }

 private:
  int status_;
  std::vector<HttpHeader> headers_;
};

}  // namespace chatopen::sandbox
