#pragma once

#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace chatopen::program {

class Interruption;

/// All of the standard input, which may have so many bytes. Errors: `cancelled`; `io`; `invalid_argument` when there is
/// more.
[[nodiscard]] Result<std::string> read_standard_input(std::size_t most, const Interruption& interruption);

/// What is left of a regular file that is open, as its size was at first.
class OpenFile final : public BodySource {
 public:
  /// Null when it is no regular file, and for one that has, or says that it has, nothing left: those of `/proc` do. The
  /// descriptor must stay open.
  [[nodiscard]] static std::shared_ptr<OpenFile> of(int descriptor);

  /// Such as `image/png`, from the first bytes; empty when they are no picture's.
  [[nodiscard]] std::string media_type() const;

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return size_; }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override;

 private:
  OpenFile(int descriptor, off_t begin, std::uint64_t size) noexcept
      : descriptor_(descriptor), begin_(begin), size_(size), left_(size) {}

  int descriptor_;
  off_t begin_;
  std::uint64_t size_;
  std::uint64_t left_;
};

}  // namespace chatopen::program
