#pragma once

/// @file
/// `CancelSource` and `CancelToken`: stop a call from another thread.

#include <chatopen/export.hpp>

#include <memory>

namespace chatopen {

namespace detail {
class CancelState;
}

/// The receiving end: given to calls in `CallOptions::cancel`. An empty token, the default, can never be cancelled and
/// costs nothing. Copies share one state; all members are safe to call from any thread.
/// (`std::stop_token` is not used because its header alone costs more than half of this library's.)
class CHATOPEN_EXPORT CancelToken {
 public:
  CancelToken() noexcept = default;
  CancelToken(const CancelToken& other) noexcept;
  CancelToken(CancelToken&& other) noexcept;
  CancelToken& operator=(const CancelToken& other) noexcept;
  CancelToken& operator=(CancelToken&& other) noexcept;
  ~CancelToken();

  /// Whether its source was cancelled.
  [[nodiscard]] bool cancelled() const noexcept;
  /// False for an empty token.
  [[nodiscard]] bool can_be_cancelled() const noexcept { return state_ != nullptr; }

 private:
  friend class CancelSource;
  friend class CancelCallback;
  std::shared_ptr<detail::CancelState> state_;
};

/// The controlling end. Copies share one state; all members are safe to call from any thread. A moved-from source may
/// only be assigned to or destroyed.
class CHATOPEN_EXPORT CancelSource {
 public:
  /// A source that is not cancelled.
  CancelSource();

  /// Cancels every call that was given a token of this source, now or later. Idempotent; returns without waiting for
  /// the calls to end.
  void cancel() noexcept;
  /// Whether `cancel` was called.
  [[nodiscard]] bool cancelled() const noexcept;
  /// A token that this source cancels.
  [[nodiscard]] CancelToken token() const noexcept;

 private:
  std::shared_ptr<detail::CancelState> state_;
};

/// Runs `on_cancel(context)` once when the token is cancelled, on the cancelling thread, or at once when it is already.
/// For transports, which must be woken. The destructor returns only when the function is not running, unless it is
/// called from within it, and the function does not run afterwards. The function must not throw.
class CHATOPEN_EXPORT CancelCallback {
 public:
  /// What is run. It gets the context that the callback was made with.
  using Function = void (*)(void* context) noexcept;

  /// Registers the function; with an empty token it never runs. The context must outlive this object.
  CancelCallback(const CancelToken& token, Function on_cancel, void* context);
  CancelCallback(const CancelCallback&) = delete;
  CancelCallback& operator=(const CancelCallback&) = delete;
  ~CancelCallback();

 private:
  friend class detail::CancelState;
  std::shared_ptr<detail::CancelState> state_;
  Function on_cancel_;
  void* context_;
  CancelCallback* next_ = nullptr;
  CancelCallback* previous_ = nullptr;
};

}  // namespace chatopen
