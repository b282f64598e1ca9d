#pragma once

#include "base/per_process.hpp"
#include "transport/retry.hpp"

#include <chatopen/options.hpp>
#include <chatopen/transport.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>

namespace chatopen::client {

/// What a client's calls in flight share. Made with the first of them, so that programs that only make blocking calls
/// need not even carry its code.
class AsyncHalf {
 public:
  virtual ~AsyncHalf() = default;
  /// See `ChatClient::shutdown`.
  virtual bool shutdown(std::chrono::milliseconds grace) = 0;
};

/// What all copies of a client share with their calls.
class Core {
 public:
  /// Checked options, nothing of which is null.
  explicit Core(ClientOptions options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
  [[nodiscard]] transport::RetryBudget& budget() noexcept { return budget_; }
  [[nodiscard]] Transport& transport() const noexcept { return *options_.transport; }

  [[nodiscard]] std::shared_ptr<const Credentials> credentials();
  void replace_credentials(const Credentials& replacement);

  /// The half of this process, or else the one that `make` makes.
  template <typename Make>
  [[nodiscard]] AsyncHalf& async_half(Make make) {
    Asynchronous& own = asynchronous_.get();
    const std::lock_guard lock(own.mutex);
    if (own.half == nullptr) own.half = make();
    return *own.half;
  }
  /// Ends every call in flight of this process.
  void end_calls();
  /// Set once no more calls in flight are taken.
  std::atomic<bool> closed = false;

 private:
  // A child process has none of its parent's calls and threads, and its locks may be held for ever.
  struct Asynchronous {
    std::mutex mutex;
    std::unique_ptr<AsyncHalf> half;
  };

  // Never changed, so that calls read it without a lock; its credentials moved to the member below.
  ClientOptions options_;
  transport::RetryBudget budget_;
  std::mutex credentials_mutex_;
  std::shared_ptr<const Credentials> credentials_;
  base::PerProcess<Asynchronous> asynchronous_;
};

}  // namespace chatopen::client
