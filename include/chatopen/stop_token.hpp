#pragma once

/// @file
/// `CancelOnStop`: connects a `std::stop_token` to calls. A header of its own, because `<stop_token>` costs half as
/// much as the whole umbrella.

#include <chatopen/cancel.hpp>

#include <stop_token>
#include <utility>

namespace chatopen {

/// Cancels its calls when a stop is requested, for as long as it lives. Its members may be called from any thread.
///
/// @code
/// std::jthread worker([&](std::stop_token stop) {
///   const chatopen::CancelOnStop on_stop(std::move(stop));
///   auto reply = client.chat(request, {.cancel = on_stop.token()});
/// });
/// @endcode
class CancelOnStop {
 public:
  /// Cancels at once when the stop was requested already.
  explicit CancelOnStop(std::stop_token stop) : on_stop_(std::move(stop), Cancel{source_}) {}
  CancelOnStop(const CancelOnStop&) = delete;
  CancelOnStop& operator=(const CancelOnStop&) = delete;

  /// For `CallOptions::cancel`.
  [[nodiscard]] CancelToken token() const noexcept { return source_.token(); }

 private:
  struct Cancel {
    CancelSource source;
    void operator()() noexcept { source.cancel(); }
  };

  CancelSource source_;
  std::stop_callback<Cancel> on_stop_;
};

}  // namespace chatopen
