#pragma once

#include "transport/retry.hpp"

#include <chatopen/clock.hpp>
#include <chatopen/options.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

namespace chatopen::client {

/// What one call needs of its client; everything must outlive the call.
struct CallContext {
  Transport& transport;
  Clock& clock;
  transport::RetryBudget& budget;
  double (*jitter)();
  const Credentials& credentials;
  const RetryPolicy& retry;
  const CancelToken& cancel;
  Clock::TimePoint started;
};

/// Sends the request until it succeeds, must not be sent again, or the call's total deadline passes. `request.timeouts`
/// are the call's own.
[[nodiscard]] Result<ChatReply> perform_call(const CallContext& context, HttpRequest& request);

}  // namespace chatopen::client
