#include <chatopen/pending.hpp>

#include "client/pending_state.hpp"

#include <chatopen/client.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace chatopen {
namespace {

Error was_taken() {
  return {.kind = ErrorKind::invalid_argument,
          .message = "the result of this call was taken already",
          .detail = "get and then take it, once"};
}

/// What `then` returns: ready when its function has returned.
class ThenState final : public detail::PendingState<void> {
 public:
  explicit ThenState(const std::shared_ptr<client::Waitable>& before)
      : PendingState(static_cast<const client::Waitable&>(*before)), before_(before) {}
  void cancel_call() noexcept override {
    if (const auto before = before_.lock()) before->cancel_call();
  }

 private:
  std::weak_ptr<client::Waitable> before_;
};

template <typename T>
class Then final : public detail::Successor<T> {
 public:
  Then(std::unique_ptr<detail::Continuation<T>> function, std::shared_ptr<ThenState> state)
      : function_(std::move(function)), state_(std::move(state)) {}

  void take_over(std::optional<Result<T>> result, std::exception_ptr exception) override {
    if (exception == nullptr) {
      try {
        function_->run(result ? *std::move(result) : Result<T>(was_taken()));
      } catch (...) {
        exception = std::current_exception();
      }
    }
    // What the function holds is let go before anybody is told that it is over.
    function_.reset();
    state_->set(exception == nullptr ? std::optional(Result<void>()) : std::nullopt, exception);
  }

 private:
  std::unique_ptr<detail::Continuation<T>> function_;
  std::shared_ptr<ThenState> state_;
};

}  // namespace

template <typename T>
Pending<T>::Pending(std::shared_ptr<detail::PendingState<T>> state) noexcept : state_(std::move(state)) {}

template <typename T>
Pending<T>::Pending(Pending&& other) noexcept = default;
template <typename T>
Pending<T>& Pending<T>::operator=(Pending&& other) noexcept = default;
template <typename T>
Pending<T>::~Pending() = default;

template <typename T>
bool Pending<T>::ready() const noexcept {
  return state_->ready();
}

template <typename T>
void Pending<T>::wait() const {
  state_->wait_until();
}

template <typename T>
bool Pending<T>::wait_for(std::chrono::milliseconds duration) const {
  // Not so far in the future that the clock overflows.
  constexpr std::chrono::milliseconds longest(std::chrono::hours(24 * 365));
  return state_->wait_until(std::chrono::steady_clock::now() +
                            std::clamp(duration, std::chrono::milliseconds(0), longest));
}

template <typename T>
Result<T> Pending<T>::get() && {
  // Kept as it is, also by `then`, for `cancel` may read it meanwhile.
  const auto state = state_;
  if (state == nullptr) return was_taken();
  if (!state->wait_until()) return state->refused_wait();
  auto [result, exception] = state->take();
  if (exception != nullptr) std::rethrow_exception(exception);
  if (!result) return was_taken();
  return *std::move(result);
}

template <typename T>
void Pending<T>::cancel() noexcept {
  state_->cancel_call();
}

template <typename T>
Pending<void> Pending<T>::then_run(std::unique_ptr<detail::Continuation<T>> continuation) && {
  const auto state = state_;
  auto then = std::make_shared<ThenState>(state);
  state->continue_with(std::make_unique<Then<T>>(std::move(continuation), then));
  return Pending<void>(std::move(then));
}

template <typename T>
void Pending<T>::run_when_ready(std::unique_ptr<detail::ReadyCallback> callback) {
  // The callback may destroy this object, on another thread before the call returns.
  const auto state = state_;
  state->run_when_ready(std::move(callback));
}

template <typename T>
void Pending<T>::forget_ready() noexcept {
  state_->forget_ready();
}

// A shared library exports each because its T is exported, or because client.hpp says so.
template class Pending<AttachedImage>;
template class Pending<ChatReply>;
template class Pending<ImageReply>;
template class Pending<std::vector<Result<ImageReply>>>;
template class Pending<SavedFile>;
template class Pending<UploadedFile>;
template class Pending<void>;

}  // namespace chatopen
