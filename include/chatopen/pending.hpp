#pragma once

/// @file
/// `Pending<T>`: the result of an asynchronous call, once it is there.

#include <chatopen/export.hpp>
#include <chatopen/result.hpp>

#include <chrono>
#include <memory>
#include <type_traits>
#include <utility>

namespace chatopen {

class ChatReply;
template <typename T>
class Pending;

namespace detail {

template <typename T>
class PendingState;

// What `Pending::then` was given.
template <typename T>
class Continuation {
 public:
  virtual ~Continuation() = default;
  virtual void run(Result<T> result) = 0;
};

template <typename T, typename Function>
class FunctionContinuation final : public Continuation<T> {
 public:
  explicit FunctionContinuation(Function function) : function_(std::move(function)) {}
  void run(Result<T> result) override { function_(std::move(result)); }

 private:
  Function function_;
};

// What `Pending::when_ready` was given.
class ReadyCallback {
 public:
  virtual ~ReadyCallback() = default;
  virtual void run() = 0;
};

template <typename Function>
class FunctionReadyCallback final : public ReadyCallback {
 public:
  explicit FunctionReadyCallback(Function function) : function_(std::move(function)) {}
  void run() override { function_(); }

 private:
  Function function_;
};

}  // namespace detail

/// The result of a call that goes on in the background. Dropping it does not cancel the call, whose result is then
/// discarded. Made by `ChatClient`; exists for what its calls return, and `void`. One that was moved from, or whose
/// result was taken by `get` or `then`, may only be assigned to or destroyed (`get` is an `invalid_argument` then).
/// `cancel` may be called from any thread, also beside the other members, of which one at a time may run.
///
/// Waiting inside a callback of the transport that the call itself needs would wait for ever, so there `wait` and
/// `wait_for` return at once, and `get` is an `invalid_argument`. After `fork`, a child process gets an error of kind
/// `connection` for its parent's calls; functions for `then` and `when_ready` are there called at once. A child that is
/// forked in a callback of the transport must leave it by `exec` or `_exit`.
template <typename T>
class CHATOPEN_EXPORT Pending {
 public:
  Pending(Pending&& other) noexcept;
  Pending& operator=(Pending&& other) noexcept;
  ~Pending();

  /// Whether the result is there. Never blocks.
  bool ready() const noexcept;
  /// Until the result is there.
  void wait() const;
  /// At most that long. Whether the result is there.
  bool wait_for(std::chrono::milliseconds duration) const;
  /// Waits for the result and takes it. Rethrows, once, what a callback of the call has thrown, or a `std::bad_alloc`.
  [[nodiscard]] Result<T> get() &&;

  /// Ends the call as `ErrorKind::cancelled`, unless its result is there. Does not wait: it takes effect within
  /// milliseconds, in any phase.
  void cancel() noexcept;

  /// Calls the function with the `Result<T>` once it is there: on the thread that brings it (see `ChatClient`), or at
  /// once when it is there already. What the function throws, `get` of the returned object throws; that is ready when
  /// the function has returned, and may be dropped.
  template <typename Function>
  requires std::is_invocable_v<Function&, Result<T>> Pending<void> then(Function function) && {
    return std::move(*this).then_run(std::make_unique<detail::FunctionContinuation<T, Function>>(std::move(function)));
  }

  /// Calls the function once the result is there, and leaves the result to `get`: on the thread that brings it, or at
  /// once when it is there already. For loops that must be woken. The function must not throw. One at a time: a second
  /// replaces the first.
  template <typename Function>
  requires std::is_invocable_v<Function&>
  void when_ready(Function function) {
    run_when_ready(std::make_unique<detail::FunctionReadyCallback<Function>>(std::move(function)));
  }
  /// Drops the function that `when_ready` was given, unless it has begun to run.
  void forget_ready() noexcept;

  /// For the SDK.
  explicit Pending(std::shared_ptr<detail::PendingState<T>> state) noexcept;

 private:
  void run_when_ready(std::unique_ptr<detail::ReadyCallback> callback);
  Pending<void> then_run(std::unique_ptr<detail::Continuation<T>> continuation) &&;

  std::shared_ptr<detail::PendingState<T>> state_;
};

// Exported also by the template: g++ has made the class Pending<void> of `then` when it comes here.
extern template class CHATOPEN_EXPORT Pending<ChatReply>;
extern template class Pending<void>;

}  // namespace chatopen
