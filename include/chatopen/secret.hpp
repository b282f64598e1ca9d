#pragma once

/// @file
/// `Secret` and `Credentials`: values that cannot be printed by accident.

#include <chatopen/export.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen {

/// Text that must not leak: it has no stream operator, does not convert to a string, and is wiped when it is destroyed
/// or replaced. Copies are independent. As thread-safe as a `std::string`.
class CHATOPEN_EXPORT Secret {
 public:
  Secret() noexcept = default;
  /// Copies the text, whose own memory is the caller's to wipe.
  Secret(std::string_view value);  // NOLINT(*-explicit-*)
  /// The same; null is empty.
  Secret(const char* value);  // NOLINT(*-explicit-*)
  /// The same.
  Secret(const std::string& value);  // NOLINT(*-explicit-*)
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// Whether there is no text.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// The text itself; the view is valid as long as this object is neither changed nor destroyed.
  [[nodiscard]] std::string_view reveal() const& noexcept;
  std::string_view reveal() const&& = delete;

  /// Deleted, so that printing a secret does not compile. A friend, so that nothing else is taken for one.
  template <typename Stream>
  friend Stream& operator<<(Stream& stream, const Secret& secret) = delete;

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// What every request carries in its two credential headers (wire protocol: documented).
struct Credentials {
  /// Sent as `X-Request-Req-Accesskeyid`. Required; visible ASCII.
  Secret access_key_id = {};
  /// Sent as `X-Request-Req-Accesskeysecret`. Required; visible ASCII.
  Secret access_key_secret = {};
};

}  // namespace chatopen
