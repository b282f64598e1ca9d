#pragma once

#include <chatopen/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::base {

/// Removes the credentials from text that came from outside. Cheap to make: it keeps views of the credentials, which
/// must outlive it.
class Redactor {
 public:
  explicit Redactor(const Credentials& credentials);
  explicit Redactor(std::vector<std::string_view> secrets);

  /// The text as valid UTF-8 (what is not becomes U+FFFD) without control characters other than tab and newline, every
  /// secret of at least four bytes replaced by `[redacted]` also where it stands JSON-escaped or percent-encoded, and
  /// then cut to at most `max_bytes` at a character's boundary. No part of a secret survives at the cut.
  [[nodiscard]] std::string redact(std::string_view text, std::size_t max_bytes) const;

 private:
  std::vector<std::string_view> secrets_;
};

/// Whether the value of this header may be printed: an allow-list, case-insensitive.
[[nodiscard]] bool is_loggable_header(std::string_view name) noexcept;

/// The URL without query, fragment and user info, for printing.
[[nodiscard]] std::string loggable_url(std::string_view url);

}  // namespace chatopen::base
