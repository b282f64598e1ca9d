#pragma once

#include <chatopen/transport.hpp>

namespace chatopen::client {

/// Marks that this thread is in a callback of an asynchronous call, and so on a thread that calls of its transport may
/// need.
class CallbackScope {
 public:
  explicit CallbackScope(const Transport& transport) noexcept : transport_(transport), outer_(innermost) {
    innermost = this;
  }
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope() { innermost = outer_; }

  /// In a callback of any call over this transport.
  [[nodiscard]] static bool is_inside(const Transport& transport) noexcept {
    for (const CallbackScope* each = innermost; each != nullptr; each = each->outer_) {
      if (&each->transport_ == &transport) return true;
    }
    return false;
  }

 private:
  static thread_local const CallbackScope* innermost;

  const Transport& transport_;
  const CallbackScope* outer_;
};

}  // namespace chatopen::client
