#pragma once

#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace chatopen::testing {

/// The whole body; its source is read to the end.
[[nodiscard]] Result<std::string> read_whole(const Body& body);

/// Hands a source's bytes on and keeps a copy of them.
class CopyingSource final : public BodySource {
 public:
  /// `body` has a source.
  explicit CopyingSource(Body body) noexcept : body_(std::move(body)) {}

  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return body_.source()->size(); }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override;
  [[nodiscard]] bool rewind() noexcept override;
  /// Since the beginning; once the exchange is over.
  [[nodiscard]] const std::string& copy() const noexcept { return copy_; }

 private:
  Body body_;
  std::string copy_;
};

}  // namespace chatopen::testing
