#pragma once

#include "base/file.hpp"

#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace chatopen::client {

/// A local regular file, which must stay what it was when it was opened: each piece is checked before it is handed on,
/// so that a file that changes is never sent as a whole.
class FileSource final : public BodySource {
 public:
  /// Errors: `io` when it cannot be opened or read; `invalid_argument` when it is no regular file.
  [[nodiscard]] static Result<std::shared_ptr<FileSource>> open(const std::string& path);

  /// Such as `image/png`, from the first bytes; empty when they are of no known format.
  [[nodiscard]] std::string_view media_type() const noexcept { return media_type_; }

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return state_.size; }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override;

 private:
  FileSource(base::RegularFile file, std::string path, base::FileState state)
      : file_(std::move(file)), path_(std::move(path)), state_(state) {}
  [[nodiscard]] std::optional<Error> find_change();

  base::RegularFile file_;
  std::string path_;
  base::FileState state_;
  std::string_view media_type_;
  std::uint64_t position_ = 0;
};

/// Bytes in memory.
class BytesSource final : public BodySource {
 public:
  explicit BytesSource(std::shared_ptr<const std::string> bytes) noexcept : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return bytes_->size(); }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override;

 private:
  std::shared_ptr<const std::string> bytes_;
  std::size_t position_ = 0;
};

}  // namespace chatopen::client
