#pragma once

#include "client/core.hpp"
#include "client/perform_pool.hpp"
#include "client/poll_timers.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace chatopen::client {

class AsyncCall;

/// The calls in flight of a client, and what drives them.
class AsyncCore final : public AsyncHalf {
 public:
  /// Of this client, made when it is not there yet. Lives as long as the core.
  [[nodiscard]] static AsyncCore& of(Core& core);
  /// The same, for calls that the default transport may be asked to start.
  static AsyncCore& to_start(Core& core);
  ~AsyncCore() override;

  /// Registers a call in flight. False when no more are taken.
  [[nodiscard]] bool enter(const std::shared_ptr<AsyncCall>& call);
  void leave(const AsyncCall& call) noexcept;
  [[nodiscard]] bool has_calls();
  bool shutdown(std::chrono::milliseconds grace) override;

  [[nodiscard]] bool poll_driven() const noexcept { return transport().poll_driven(); }
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
  explicit AsyncCore(Core& core) noexcept : core_(core), options_(core.options()) {}
  [[nodiscard]] Transport& transport() const noexcept { return *options_.transport; }
  [[nodiscard]] bool wait_for_calls(std::chrono::milliseconds grace);
  [[nodiscard]] PerformPool& pool();

  Core& core_;
  const ClientOptions& options_;
  PollTimers timers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<AsyncCall>> calls_;
  std::unique_ptr<PerformPool> pool_;
};

}  // namespace chatopen::client
