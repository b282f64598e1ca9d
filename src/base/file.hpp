#pragma once

#include <chatopen/result.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace chatopen::base {

/// What tells whether a file is still what it was. Times are as fine as the file system's.
struct FileState {
  std::uint64_t size = 0;
  std::int64_t modified = 0;
  /// Which file it is; always 0 where that cannot be told.
  std::uint64_t device = 0;
  std::uint64_t number = 0;

  bool operator==(const FileState&) const = default;
};

/// A local regular file open for reading. Opening never blocks on a FIFO or a device.
class RegularFile {
 public:
  /// Errors: `io` when it cannot be opened; `invalid_argument` when it is no regular file.
  [[nodiscard]] static Result<RegularFile> open(const std::string& path);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Whether group or others may read it; always false where there are no such permissions.
  [[nodiscard]] bool readable_by_others() const noexcept { return readable_by_others_; }
  /// Up to `capacity` bytes from where the last read ended; 0 is the end. Errors: `io`.
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity);
  /// Goes back to the beginning. Whether it could.
  [[nodiscard]] bool rewind() noexcept;

  /// Of the open file. Empty when the system does not tell.
  [[nodiscard]] std::optional<FileState> state() const;
  /// Of what the path leads to now. Empty when that is nothing.
  [[nodiscard]] std::optional<FileState> state_by_path() const;

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept;
  };
  RegularFile() = default;
  std::unique_ptr<std::FILE, Closer> file_;
  std::string path_;
  std::uint64_t size_ = 0;
  bool readable_by_others_ = false;
};

}  // namespace chatopen::base
