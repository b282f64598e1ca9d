#include "client/core.hpp"

#include <utility>

namespace chatopen::client {

Core::Core(ClientOptions options)
    : options_(std::move(options)),
      credentials_(std::make_shared<const Credentials>(std::move(options_.credentials))) {}

std::shared_ptr<const Credentials> Core::credentials() {
  const std::lock_guard lock(credentials_mutex_);
  return credentials_;
}

void Core::replace_credentials(const Credentials& replacement) {
  auto fresh = std::make_shared<const Credentials>(replacement);
  const std::lock_guard lock(credentials_mutex_);
  credentials_.swap(fresh);
}

void Core::end_calls() {
  Asynchronous& own = asynchronous_.get();
  AsyncHalf* half = nullptr;
  {
    const std::lock_guard lock(own.mutex);
    half = own.half.get();
  }
  if (half != nullptr) half->shutdown(std::chrono::milliseconds(0));
}

}  // namespace chatopen::client
