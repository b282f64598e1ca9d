#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// Appends JSON to a buffer, piece by piece. Without a buffer it counts instead, so that a body is measured by the very
/// calls that write it. Text must be valid UTF-8; what JSON does not demand to be escaped stays as it is.
class JsonWriter {
 public:
  JsonWriter() noexcept = default;
  explicit JsonWriter(std::string& buffer) noexcept : buffer_(&buffer) {}

  /// JSON text, as it is.
  void raw(std::string_view json);
  void string(std::string_view text);
  void number(std::int64_t value);
  /// The shortest text that reads back as the same number. Must be finite.
  void number(double value);

  /// Null when it counts.
  [[nodiscard]] std::string* buffer() const noexcept { return buffer_; }
  /// Counts what the caller will append to the buffer itself.
  void count(std::size_t bytes) noexcept { size_ += bytes; }
  /// What was counted.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::string* buffer_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace chatopen::codec
