#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chatopen::codec {

// The same calls on either class: one counts the bytes, the other writes them, so that a body is measured by the very
// code that writes it. Text must be valid UTF-8; what JSON does not demand to be escaped stays as it is.

class JsonSizer {
 public:
  /// JSON text, as it is.
  void raw(std::string_view json) noexcept { size_ += json.size(); }
  void string(std::string_view text) noexcept;
  void number(std::int64_t value) noexcept;
  /// The shortest text that reads back as the same number. Must be finite.
  void number(double value) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 protected:
  std::size_t size_ = 0;
};

class JsonWriter {
 public:
  explicit JsonWriter(std::string& body) noexcept : body_(body) {}

  void raw(std::string_view json) { body_.append(json); }
  void string(std::string_view text);
  void number(std::int64_t value);
  void number(double value);

 protected:
  std::string& body_;
};

}  // namespace chatopen::codec
