#pragma once

/// @file
/// `co_await` for asynchronous calls. A header of its own, because `<coroutine>` is not for everybody.

#include <chatopen/pending.hpp>

#include <concepts>
#include <coroutine>
#include <utility>

namespace chatopen {

namespace detail {

// Resumes on the thread that brings the result.
struct ResumeThere {
  void operator()(std::coroutine_handle<> coroutine) const { coroutine.resume(); }
};

template <typename T, typename Executor>
class PendingAwaiter {
 public:
  PendingAwaiter(Pending<T> pending, Executor executor)
      : pending_(std::move(pending)), executor_(std::move(executor)) {}
  PendingAwaiter(const PendingAwaiter&) = delete;
  PendingAwaiter& operator=(const PendingAwaiter&) = delete;
  // Of a coroutine that is destroyed while it waits.
  ~PendingAwaiter() {
    if (!waits_) return;
    pending_.forget_ready();
    pending_.cancel();
  }

  bool await_ready() const noexcept { return pending_.ready(); }
  void await_suspend(std::coroutine_handle<> coroutine) {
    waits_ = true;
    // This object may be gone before the call returns.
    pending_.when_ready([coroutine, executor = std::move(executor_)]() mutable { executor(coroutine); });
  }
  Result<T> await_resume() {
    waits_ = false;
    return std::move(pending_).get();
  }

 private:
  Pending<T> pending_;
  Executor executor_;
  bool waits_ = false;
};

}  // namespace detail

/// Awaits the result; the coroutine goes on, on the thread that brings it: the transport's, or that of who polls. It
/// should be brief there, or use `resume_on`. What a callback of the call throws is thrown here.
///
/// A coroutine that waits may be destroyed on that same thread; this cancels the call. What it throws, and does not
/// catch, must not leave it: nobody is there to catch it.
///
/// Name the request and the options before the `co_await`: g++ 12 cannot compile braced ones inside it.
///
/// @code
/// chatopen::Pending<chatopen::ChatReply> pending = client.chat_async(request);
/// chatopen::Result<chatopen::ChatReply> reply = co_await std::move(pending);
/// @endcode
template <typename T>
[[nodiscard]] auto operator co_await(Pending<T>&& pending) {
  return detail::PendingAwaiter<T, detail::ResumeThere>(std::move(pending), detail::ResumeThere());
}

/// Awaits the result, and lets `executor(coroutine)` resume the coroutine, wherever the program's coroutines run: it
/// keeps the `std::coroutine_handle<>` and calls `resume` on it there. The executor itself runs on the thread that
/// brings the result.
///
/// @code
/// auto post = [&](auto coroutine) { loop.post(coroutine); };
/// auto reply = co_await chatopen::resume_on(client.chat_async(request), post);
/// @endcode
template <typename T, std::invocable<std::coroutine_handle<>> Executor>
[[nodiscard]] auto resume_on(Pending<T> pending, Executor executor) {
  return detail::PendingAwaiter<T, Executor>(std::move(pending), std::move(executor));
}

}  // namespace chatopen
