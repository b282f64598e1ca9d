#include "client/async_call.hpp"

#include "base/process.hpp"
#include "client/async_core.hpp"
#include "client/callback_scope.hpp"
#include "client/failed_attempt.hpp"

#include <utility>

namespace chatopen::client {

thread_local const CallbackScope* CallbackScope::innermost = nullptr;

/// Holds the gate for one step of the call, and marks the thread. Not taken when the call had ended before.
class AsyncCall::Step {
 public:
  explicit Step(AsyncCall& call) : call_(call.shared_from_this()), lock_(call.gate_) {
    if (call.has_ended()) return;
    core_ = call.core_;
    scope_.emplace(core_->transport());
  }
  [[nodiscard]] explicit operator bool() const noexcept { return scope_.has_value(); }

 private:
  // In this order, so that the last reference to a client is let go after the gate, and never with it.
  std::shared_ptr<AsyncCall> call_;
  std::shared_ptr<Core> core_;
  std::unique_lock<std::recursive_mutex> lock_;
  std::optional<CallbackScope> scope_;
};

AsyncCall::AsyncCall(std::shared_ptr<Core> core, std::unique_ptr<PreparedCall> prepared) noexcept
    : core_(std::move(core)), prepared_(std::move(prepared)), generation_(base::process_generation()) {}

AsyncCall::~AsyncCall() = default;

void AsyncCall::start() {
  call_.emplace(core_->options(), core_->budget(), *prepared_, receiver());
  const Step step(*this);
  entered_ = AsyncCore::of(*core_).enter(shared_from_this());
  if (!entered_) {
    Error error = cancelled_by_caller();
    error.detail = "the client was shut down";
    return end(std::move(error), nullptr);
  }
  if (prepared_->cancel.can_be_cancelled()) on_cancel_.emplace(prepared_->cancel, &on_token_cancelled, this);
  start_attempt();
}

void AsyncCall::on_token_cancelled(void* self) noexcept {
  static_cast<AsyncCall*>(self)->cancel();
}

void AsyncCall::start_attempt() {
  unsigned attempt = 0;
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::starting;
    attempt = ++attempt_;
    cancelled = cancel_wanted_;
  }
  auto error = call_->begin_attempt(cancelled);
  // An observer may have ended the call.
  if (has_ended()) return;
  if (error) return end(std::move(error), nullptr);
  const std::shared_ptr<AsyncCall> self = shared_from_this();
  std::shared_ptr<Exchange> exchange = AsyncCore::of(*core_).start(prepared_->request, self, self);
  {
    const std::lock_guard lock(mutex_);
    // The exchange may have ended, and another have begun, before its handle came back.
    if (phase_ != Phase::starting || attempt_ != attempt) return;
    phase_ = Phase::in_flight;
    exchange_ = exchange;
    cancelled = cancel_wanted_;
  }
  if (cancelled) exchange->cancel();
}

// A started exchange's sink must not throw, so that what it throws waits for the caller.
template <typename Take>
SinkAction AsyncCall::take(Take take_piece) {
  try {
    return take_piece();
  } catch (...) {
    receiver().keep_exception();
    return SinkAction::stop;
  }
}

SinkAction AsyncCall::on_head(int status, const std::vector<HttpHeader>& headers) {
  const Step step(*this);
  if (!step) return SinkAction::stop;
  return take([&] { return receiver().on_head(status, headers); });
}

SinkAction AsyncCall::on_body(std::string_view bytes) {
  const Step step(*this);
  if (!step) return SinkAction::stop;
  const SinkAction action = take([&] { return receiver().on_body(bytes); });
  // A callback may have ended the call by destroying its client.
  return is_abandoned() || has_ended() ? SinkAction::stop : action;
}

Result<std::size_t> AsyncCall::read(BodySource& body, char* into, std::size_t capacity) {
  const Step step(*this);
  if (!step || is_abandoned()) return cancelled_by_caller();
  Result<std::size_t> count = body.read(into, capacity);
  // A callback may have ended the call by destroying its client.
  if (is_abandoned() || has_ended()) return cancelled_by_caller();
  return count;
}

void AsyncCall::on_complete(TransportOutcome outcome) {
  const Step step(*this);
  if (!step) return;
  if (is_abandoned()) {
    Error error = call_->cancelled_between_attempts();
    error.maybe_processed |= outcome.request_bytes_written;
    return end(std::move(error), nullptr);
  }
  Call::Next next;
  try {
    next = call_->end_attempt(outcome);
  } catch (...) {
    receiver().keep_exception();
    next.error = call_->cancelled_between_attempts();
  }
  if (has_ended()) return;
  if (next.wait) return back_off(*next.wait);
  end(std::move(next.error), receiver().exception());
}

void AsyncCall::back_off(Clock::Duration wait) {
  has_backed_off_ = true;
  {
    const std::lock_guard lock(mutex_);
    exchange_.reset();
    phase_ = Phase::backing_off;
    if (cancel_wanted_) wait = Clock::Duration(0);
  }
  AsyncCore::of(*core_).schedule(wait, shared_from_this());
}

void AsyncCall::run() noexcept {
  const Step step(*this);
  if (step) start_attempt();
}

void AsyncCall::cancel() noexcept {
  // A child process leaves its parent's calls alone, whose locks may be held for ever.
  if (generation_ != base::process_generation()) return;
  std::shared_ptr<AsyncCall> self;
  std::shared_ptr<Exchange> exchange;
  std::shared_ptr<Core> core;
  {
    const std::lock_guard lock(mutex_);
    // Null while a destructor waits for the token's callback, in which this may run.
    self = weak_from_this().lock();
    if (self == nullptr || phase_ == Phase::ended || std::exchange(cancel_wanted_, true)) return;
    exchange = exchange_;
    if (phase_ == Phase::backing_off) core = core_;
  }
  if (exchange != nullptr) exchange->cancel();
  if (core == nullptr) return;
  AsyncCore& async = AsyncCore::of(*core);
  async.unschedule(*this);
  async.schedule(Clock::Duration(0), std::move(self));
}

void AsyncCall::resume() noexcept {
  if (generation_ != base::process_generation()) return;
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    exchange = exchange_;
  }
  if (exchange != nullptr) exchange->resume();
}

void AsyncCall::abandon() {
  const Step step(*this);
  if (!step) return;
  Error error = call_->cancelled_between_attempts();
  {
    const std::lock_guard lock(mutex_);
    // What was written of the attempt is not known on this thread.
    error.maybe_processed |= phase_ == Phase::in_flight || phase_ == Phase::starting;
  }
  end(std::move(error), nullptr);
}

void AsyncCall::abandon_without_waiting() {
  const std::unique_lock lock(gate_, std::try_to_lock);
  if (lock.owns_lock()) return abandon();
  abandoned_.store(true, std::memory_order_release);
  cancel();
}

void AsyncCall::end(std::optional<Error> error, std::exception_ptr exception) {
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::ended;
    exchange = std::move(exchange_);
  }
  // No effect on an exchange that has ended.
  if (exchange != nullptr) exchange->cancel();
  // A cancellation may have come between the decision to wait and the wait, and found nothing to drop.
  if (has_backed_off_) AsyncCore::of(*core_).unschedule(*this);
  call_->complete(error ? &*error : nullptr);
  on_end(std::move(error), std::move(exception), call_->attempts());
  if (entered_) AsyncCore::of(*core_).leave(*this);
  core_.reset();
}

}  // namespace chatopen::client
