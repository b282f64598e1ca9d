#pragma once

#include "client/async_call.hpp"
#include "client/pending_state.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace chatopen::client {

/// A call without pieces whose value goes to a `Pending<T>`. At its end, `ValueReceiver` is asked for the value by
/// `T take(int attempts)`, or told of the error by `fail(Error)`, which returns what the caller gets: an `Error`, or a
/// `Result<T>`.
template <typename T, typename ValueReceiver>
class PendingCall final : public AsyncCall, public detail::PendingState<T> {
 public:
  template <typename... Arguments>
  PendingCall(const std::shared_ptr<Core>& core, std::unique_ptr<PreparedCall> prepared_call, Arguments&&... arguments)
      : AsyncCall(core, std::move(prepared_call)),
        detail::PendingState<T>(core),
        receiver_(prepared(), std::forward<Arguments>(arguments)...) {}

  void cancel_call() noexcept override { cancel(); }

 private:
  [[nodiscard]] Receiver& receiver() noexcept override { return receiver_; }
  void on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) override {
    std::optional<Result<T>> result;
    if (error || exception != nullptr) {
      Result<T> told = receiver_.fail(error ? *std::move(error) : Error());
      if (exception == nullptr) result.emplace(std::move(told));
    } else {
      result.emplace(receiver_.take(attempts));
    }
    this->set(std::move(result), std::move(exception));
  }

  ValueReceiver receiver_;
};

}  // namespace chatopen::client
