#pragma once

#include "client/call.hpp"
#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/cancel.hpp>
#include <chatopen/clock.hpp>
#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace chatopen::client {

class Core;

/// A call whose attempts are started exchanges. Whichever thread brings the next step of it holds `gate_` meanwhile, so
/// that its callbacks never overlap, and `abandon` can wait for one that runs.
class AsyncCall : public ResponseSink,
                  public ExchangeCompletion,
                  public ClockTask,
                  public std::enable_shared_from_this<AsyncCall> {
 public:
  ~AsyncCall() override;

  /// Once, after construction.
  void start();
  /// Ends it as cancelled, soon; on the thread that brings its end anyway.
  void cancel() noexcept;
  /// Goes on after `Backpressure` paused it.
  void resume() noexcept;
  /// Ends it as cancelled, now and on this thread, unless it has ended. Waits for a callback of the call's on another
  /// thread. None runs afterwards.
  void abandon();
  /// The same for a thread that is in a callback itself, and must not wait for another: a call whose callback runs just
  /// now ends with that.
  void abandon_without_waiting();

  /// Reads from the request's body, which may be the caller's code, as a step of the call: `cancelled` once it has
  /// ended. The source must not throw.
  [[nodiscard]] Result<std::size_t> read(BodySource& body, char* into, std::size_t capacity);

  /// For `Core`, under its lock: the place among its calls.
  std::size_t place = 0;

 protected:
  AsyncCall(std::shared_ptr<Core> core, std::unique_ptr<PreparedCall> prepared) noexcept;

  /// Whether it must run no more callbacks.
  [[nodiscard]] bool is_abandoned() const noexcept { return abandoned_.load(std::memory_order_acquire); }
  [[nodiscard]] PreparedCall& prepared() noexcept { return *prepared_; }
  [[nodiscard]] virtual Receiver& receiver() noexcept = 0;
  /// The end of the call, exactly once, with the gate held: success when both are empty. `attempts` as in `Error`.
  virtual void on_end(std::optional<Error> error, std::exception_ptr exception, int attempts) = 0;

 private:
  enum class Phase : std::uint8_t { new_call, starting, in_flight, backing_off, ended };
  class Step;

  [[nodiscard]] SinkAction on_head(int status, const std::vector<HttpHeader>& headers) final;
  [[nodiscard]] SinkAction on_body(std::string_view bytes) final;
  void on_complete(TransportOutcome outcome) final;
  void run() noexcept final;

  template <typename Take>
  [[nodiscard]] SinkAction take(Take take_piece);
  void start_attempt();
  void back_off(Clock::Duration wait);
  void end(std::optional<Error> error, std::exception_ptr exception);
  [[nodiscard]] bool has_ended() const noexcept { return phase_.load(std::memory_order_acquire) == Phase::ended; }
  static void on_token_cancelled(void* self) noexcept;

  std::shared_ptr<Core> core_;
  std::unique_ptr<PreparedCall> prepared_;
  unsigned generation_;
  // Recursive: a transport may report an end, and a clock run a task, before the call that asked for it returns.
  std::recursive_mutex gate_;
  std::atomic<bool> abandoned_ = false;
  bool has_backed_off_ = false;
  // Changed with the lock below.
  std::atomic<Phase> phase_ = Phase::new_call;

  std::mutex mutex_;
  bool cancel_wanted_ = false;
  bool entered_ = false;
  unsigned attempt_ = 0;
  std::shared_ptr<Exchange> exchange_;
  std::optional<Call> call_;
  // Last, and so destroyed first: its function, which may run on another thread, takes the lock above.
  std::optional<CancelCallback> on_cancel_;
};

}  // namespace chatopen::client
