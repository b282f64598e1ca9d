#include "client/async_core.hpp"

#include "client/async_call.hpp"
#include "client/callback_scope.hpp"
#include "transport/default_transport.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::client {

AsyncCore& AsyncCore::of(Core& core) {
  return static_cast<AsyncCore&>(core.async_half([&] { return std::unique_ptr<AsyncHalf>(new AsyncCore(core)); }));
}

AsyncCore& AsyncCore::to_start(Core& core) {
  transport::enable_default_transport_to_start();
  return of(core);
}

AsyncCore::~AsyncCore() = default;

bool AsyncCore::enter(const std::shared_ptr<AsyncCall>& call) {
  const std::lock_guard lock(mutex_);
  if (core_.closed) return false;
  call->place = calls_.size();
  calls_.push_back(call);
  return true;
}

void AsyncCore::leave(const AsyncCall& call) noexcept {
  // Destroyed after the lock is released.
  std::shared_ptr<AsyncCall> left;
  const std::lock_guard lock(mutex_);
  const std::size_t place = call.place;
  left = std::move(calls_[place]);
  if (place + 1 != calls_.size()) {
    calls_[place] = std::move(calls_.back());
    calls_[place]->place = place;
  }
  calls_.pop_back();
  if (calls_.empty()) changed_.notify_all();
}

bool AsyncCore::has_calls() {
  const std::lock_guard lock(mutex_);
  return !calls_.empty();
}

bool AsyncCore::wait_for_calls(std::chrono::milliseconds grace) {
  // Not so far in the future that the clock overflows.
  constexpr std::chrono::milliseconds longest(std::chrono::hours(24 * 365));
  const auto until = std::chrono::steady_clock::now() + std::clamp(grace, std::chrono::milliseconds(0), longest);
  if (CallbackScope::is_inside(transport())) return !has_calls();
  if (!poll_driven()) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return calls_.empty(); });
  }
  while (has_calls()) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left.count() <= 0) return false;
    if (poll(std::chrono::ceil<std::chrono::milliseconds>(left))) continue;
    // Another thread polls, and may leave.
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(1));
  }
  return true;
}

bool AsyncCore::shutdown(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    core_.closed = true;
  }
  if (wait_for_calls(grace)) return true;
  std::vector<std::shared_ptr<AsyncCall>> calls;
  {
    const std::lock_guard lock(mutex_);
    calls = calls_;
  }
  const bool in_callback = CallbackScope::is_inside(transport());
  for (const auto& call : calls) in_callback ? call->abandon_without_waiting() : call->abandon();
  return false;
}

bool AsyncCore::poll(std::chrono::milliseconds budget) {
  if (!poll_driven() || CallbackScope::is_inside(transport())) return false;
  timers_.run_due(options_.clock->now());
  const bool polled = transport().poll(timers_.shorten(budget, options_.clock->now()));
  timers_.run_due(options_.clock->now());
  return polled;
}

void AsyncCore::schedule(Clock::Duration delay, std::shared_ptr<ClockTask> task) {
  if (poll_driven()) {
    timers_.add(options_.clock->now() + delay, std::move(task));
  } else if (!options_.clock->schedule(delay, task)) {
    pool().wait(options_.clock, delay, std::move(task));
  }
}

void AsyncCore::unschedule(const ClockTask& task) noexcept {
  timers_.remove(task);
  options_.clock->unschedule(task);
  PerformPool* pool = nullptr;
  {
    const std::lock_guard lock(mutex_);
    pool = pool_.get();
  }
  if (pool != nullptr) pool->forget(task);
}

PerformPool& AsyncCore::pool() {
  const std::lock_guard lock(mutex_);
  if (pool_ == nullptr) pool_ = std::make_unique<PerformPool>();
  return *pool_;
}

std::shared_ptr<Exchange> AsyncCore::start(std::shared_ptr<const HttpRequest> request,
                                           std::shared_ptr<ResponseSink> sink,
                                           std::shared_ptr<ExchangeCompletion> completion) {
  std::shared_ptr<Exchange> exchange = transport().start(request, sink, completion);
  if (exchange != nullptr) return exchange;
  return pool().start(options_.transport, std::move(request), std::move(sink), std::move(completion));
}

}  // namespace chatopen::client
