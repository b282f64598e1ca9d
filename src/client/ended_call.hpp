#pragma once

#include "client/pending_state.hpp"

#include <memory>
#include <utility>

namespace chatopen::client {

/// A call that has its result before anything was sent.
template <typename T>
class EndedCall final : public detail::PendingState<T> {
 public:
  EndedCall(const std::shared_ptr<Core>& core, Result<T> result) : detail::PendingState<T>(core) {
    this->set(std::move(result), nullptr);
  }
  void cancel_call() noexcept override {}
};

template <typename T>
[[nodiscard]] Pending<T> ended(const std::shared_ptr<Core>& core, Result<T> result) {
  return Pending<T>(std::make_shared<EndedCall<T>>(core, std::move(result)));
}

}  // namespace chatopen::client
