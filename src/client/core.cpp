#include "client/core.hpp"

#include <utility>

namespace chatopen::client {

Core::Core(ClientOptions options)
    : options_(std::move(options)),
      credentials_(std::make_shared<const Credentials>(std::move(options_.credentials))) {}

std::shared_ptr<const Credentials> Core::credentials() {
  const std::lock_guard lock(mutex_);
  return credentials_;
}

void Core::replace_credentials(const Credentials& replacement) {
  auto fresh = std::make_shared<const Credentials>(replacement);
  const std::lock_guard lock(mutex_);
  credentials_.swap(fresh);
}

void Core::end_calls() {
  AsyncHalf* half = nullptr;
  {
    const std::lock_guard lock(mutex_);
    half = async_half_.get();
  }
  if (half != nullptr) half->shutdown(std::chrono::milliseconds(0));
}

}  // namespace chatopen::client
