#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatopen {

/// Keeps what stands in an array at the moment when `delete[]` gives it back, while this object lives. One at a time.
class FreedBytes {
 public:
  /// Of a whole array that came from `new char[]`.
  explicit FreedBytes(std::string_view array);
  FreedBytes(const FreedBytes&) = delete;
  FreedBytes& operator=(const FreedBytes&) = delete;
  ~FreedBytes();

  /// Empty until the array is given back.
  [[nodiscard]] const std::optional<std::string>& bytes() const noexcept { return bytes_; }

  /// For `delete[]`.
  static void note(const void* memory) noexcept;

 private:
  std::string_view array_;
  // Filled without an allocation.
  std::string room_;
  std::optional<std::string> bytes_;
};

}  // namespace chatopen
