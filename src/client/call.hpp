#pragma once

#include "client/prepared_call.hpp"
#include "client/receiver.hpp"
#include "transport/retry.hpp"

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <optional>

namespace chatopen::client {

/// One call with all its attempts, whoever drives it: what may be sent when, and what became of it. For each attempt
/// `begin_attempt`, one exchange with `Receiver` as its sink, `end_attempt`; at the end of the call `complete`.
class Call {
 public:
  /// All must outlive it.
  Call(const ClientOptions& options, transport::RetryBudget& budget, PreparedCall& prepared,
       Receiver& receiver) noexcept;

  /// Readies the request for the next attempt. An error where there may be none.
  [[nodiscard]] std::optional<Error> begin_attempt(bool cancelled);

  /// What follows an attempt: success when neither is set.
  struct Next {
    std::optional<Error> error = {};
    std::optional<Clock::Duration> wait = {};
  };
  [[nodiscard]] Next end_attempt(const TransportOutcome& outcome);

  /// The call was cancelled while it waited for its next attempt.
  [[nodiscard]] Error cancelled_between_attempts() const;
  /// Tells the observer. Null for a success.
  void complete(const Error* error);
  [[nodiscard]] int attempts() const noexcept { return attempts_; }

 private:
  [[nodiscard]] std::optional<Clock::Duration> time_left() const;
  [[nodiscard]] std::optional<FailedAttempt> judge(const TransportOutcome& outcome);
  [[nodiscard]] Error ended(Error error, int attempts) const;

  const ClientOptions& options_;
  PreparedCall& prepared_;
  Receiver& receiver_;
  transport::RetrySchedule schedule_;
  std::chrono::milliseconds total_;
  int attempts_ = 0;
  bool maybe_processed_ = false;
};

}  // namespace chatopen::client
