#pragma once

#include "client/waitable.hpp"

#include <chatopen/pending.hpp>
#include <chatopen/result.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace chatopen::detail {

/// What becomes of a result that nobody waits for.
template <typename T>
class Successor {
 public:
  virtual ~Successor() = default;
  /// An exception, or else a result.
  virtual void take_over(std::optional<Result<T>> result, std::exception_ptr exception) = 0;
};

/// What a `Pending` shares with its call.
template <typename T>
class PendingState : public client::Waitable {
 public:
  using Waitable::Waitable;
  /// For what the same call brings; not inherited, since it looks like a copy constructor.
  explicit PendingState(const client::Waitable& other) noexcept : Waitable(other) {}

  /// Once: an exception, or else a result. Runs the successor, if there is one, on this thread.
  void set(std::optional<Result<T>> result, std::exception_ptr exception) {
    std::unique_ptr<Successor<T>> successor;
    std::unique_ptr<ReadyCallback> callback;
    {
      const std::lock_guard lock(this->mutex());
      set_ = true;
      result_ = std::move(result);
      exception_ = std::move(exception);
      successor = std::move(successor_);
      callback = std::move(callback_);
      this->notify();
    }
    if (successor != nullptr) {
      auto [taken, thrown] = take();
      successor->take_over(std::move(taken), std::move(thrown));
    }
    if (callback != nullptr) callback->run();
  }

  /// Runs it now when the result is there, or never will be.
  void run_when_ready(std::unique_ptr<ReadyCallback> callback) {
    if (!this->belongs_to_parent_process()) {
      const std::lock_guard lock(this->mutex());
      if (!set_) {
        callback_.swap(callback);
        return;
      }
    }
    callback->run();
  }
  void forget_ready() noexcept {
    if (this->belongs_to_parent_process()) return;
    std::unique_ptr<ReadyCallback> forgotten;
    const std::lock_guard lock(this->mutex());
    forgotten = std::move(callback_);
  }

  /// Once, when it is ready.
  [[nodiscard]] std::pair<std::optional<Result<T>>, std::exception_ptr> take() {
    const std::lock_guard lock(this->mutex());
    return {std::exchange(result_, std::nullopt), std::exchange(exception_, nullptr)};
  }

  /// Runs it now when the result is there, or never will be.
  void continue_with(std::unique_ptr<Successor<T>> successor) {
    if (this->belongs_to_parent_process()) return successor->take_over(this->refused_wait(), nullptr);
    {
      const std::lock_guard lock(this->mutex());
      if (!set_) {
        successor_ = std::move(successor);
        return;
      }
    }
    auto [result, exception] = take();
    successor->take_over(std::move(result), std::move(exception));
  }

 protected:
  [[nodiscard]] bool is_there() const noexcept final { return set_; }

 private:
  std::optional<Result<T>> result_;
  std::exception_ptr exception_;
  std::unique_ptr<Successor<T>> successor_;
  std::unique_ptr<ReadyCallback> callback_;
  bool set_ = false;
};

}  // namespace chatopen::detail
