#pragma once

#include "client/core.hpp"
#include "client/pending_state.hpp"

#include <memory>
#include <utility>

namespace chatopen::client {

/// A call that failed before it could be sent.
template <typename T>
class FailedCall final : public detail::PendingState<T> {
 public:
  FailedCall(const std::shared_ptr<Core>& core, Error error) : detail::PendingState<T>(core) {
    this->set(Result<T>(std::move(error)), nullptr);
  }
  void cancel_call() noexcept override {}
};

}  // namespace chatopen::client
