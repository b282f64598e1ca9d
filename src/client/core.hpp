#pragma once

#include "client/perform_pool.hpp"
#include "client/poll_timers.hpp"
#include "transport/retry.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/options.hpp>
#include <chatopen/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace chatopen::client {

class AsyncCall;

/// What all copies of a client share with their calls in flight.
class Core {
 public:
  /// Checked options, nothing of which is null.
  explicit Core(ClientOptions options);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }
  [[nodiscard]] transport::RetryBudget& budget() noexcept { return budget_; }
  [[nodiscard]] Transport& transport() const noexcept { return *options_.transport; }
  [[nodiscard]] bool poll_driven() const noexcept { return options_.transport->poll_driven(); }

  [[nodiscard]] std::shared_ptr<const Credentials> credentials();
  void replace_credentials(const Credentials& replacement);

  /// Registers a call in flight. False when no more are taken.
  [[nodiscard]] bool enter(const std::shared_ptr<AsyncCall>& call);
  void leave(const AsyncCall& call) noexcept;
  [[nodiscard]] bool has_calls();
  /// See `ChatClient::shutdown`.
  bool shutdown(std::chrono::milliseconds grace);

  /// See `ChatClient::poll`. False when another thread does it, or this one is in a callback.
  bool poll(std::chrono::milliseconds budget);
  /// Runs the task after the delay, where callbacks of asynchronous calls belong.
  void schedule(Clock::Duration delay, std::shared_ptr<ClockTask> task);
  /// Drops the task, unless it runs or has run.
  void unschedule(const ClockTask& task) noexcept;

  /// As `Transport::start`, also where the transport has only `perform`.
  [[nodiscard]] std::shared_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion);

 private:
  [[nodiscard]] bool wait_for_calls(std::chrono::milliseconds grace);
  [[nodiscard]] PerformPool& pool();

  // Never changed, so that calls read it without a lock; its credentials moved to the member below.
  ClientOptions options_;
  transport::RetryBudget budget_;
  PollTimers timers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Credentials> credentials_;
  std::vector<std::shared_ptr<AsyncCall>> calls_;
  bool closed_ = false;
  std::unique_ptr<PerformPool> pool_;
};

}  // namespace chatopen::client
