#pragma once

#include <chatopen/export.hpp>
#include <chatopen/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::base {

/// Whether a text may have been cut before it is redacted, so that its end may be the beginning of a credential.
enum class TextEnd { whole, maybe_cut };

/// Where a secret stands in a text.
struct SecretPlace {
  std::size_t begin = 0;
  /// 0 when there is none.
  std::size_t size = 0;
};

/// Removes the credentials from text that came from outside. Cheap to make: it keeps views of the credentials, which
/// must outlive it. Exported for the recordings of chatopen::testing.
class CHATOPEN_EXPORT Redactor {
 public:
  explicit Redactor(const Credentials& credentials);
  explicit Redactor(std::vector<std::string_view> secrets);

  /// The text as valid UTF-8 without control characters other than tab and newline (what is not valid, and what
  /// controls a terminal, becomes U+FFFD; a carriage return ends a line), every secret of at least four bytes replaced
  /// by `[redacted]` also where it stands JSON-escaped (up to JSON in JSON in JSON), percent-encoded, HTML-escaped or
  /// as the beginning of Base64, and then cut to at most `max_bytes` at a character's boundary. No part of a secret
  /// survives at the cut, nor of at least four bytes where the text itself was cut in a secret.
  [[nodiscard]] std::string redact(std::string_view text, std::size_t max_bytes, TextEnd end = TextEnd::whole) const;

  /// The first secret at or after `from`, in each of these spellings.
  [[nodiscard]] SecretPlace find(std::string_view text, std::size_t from) const;

 private:
  [[nodiscard]] std::size_t match_at(std::string_view text, TextEnd end) const;
  /// The same, with what overlaps it.
  [[nodiscard]] std::size_t secret_at(std::string_view text, TextEnd end) const;

  std::vector<std::string_view> secrets_;
};

/// Whether the value of this header may be printed: an allow-list, case-insensitive.
[[nodiscard]] CHATOPEN_EXPORT bool is_loggable_header(std::string_view name) noexcept;

/// The URL without query, fragment and user info, for printing.
[[nodiscard]] CHATOPEN_EXPORT std::string loggable_url(std::string_view url);

}  // namespace chatopen::base
