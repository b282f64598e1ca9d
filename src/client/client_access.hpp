#pragma once

#include "client/client_impl.hpp"

#include <memory>

namespace chatopen::detail {

/// For what is built upon clients.
struct ClientAccess {
  [[nodiscard]] static const std::shared_ptr<client::Core>& core(const ChatClient& client) noexcept {
    return client.impl_->core;
  }
};

}  // namespace chatopen::detail
