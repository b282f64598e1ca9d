#pragma once

#include "base/redact.hpp"
#include "client/observation.hpp"

#include <chatopen/cancel.hpp>
#include <chatopen/clock.hpp>
#include <chatopen/endpoint.hpp>
#include <chatopen/options.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <memory>
#include <string_view>

namespace chatopen::client {

class Core;

/// A call that is ready to be sent: everything about it that does not depend on how it is driven.
struct PreparedCall {
  explicit PreparedCall(std::shared_ptr<const Credentials> current)
      : credentials(std::move(current)), redactor(*credentials) {}

  std::shared_ptr<const Credentials> credentials;
  base::Redactor redactor;
  /// Its `timeouts.total` is the call's; changed between attempts, when no exchange uses it.
  std::shared_ptr<HttpRequest> request = std::make_shared<HttpRequest>();
  RetryPolicy retry;
  CancelToken cancel;
  Clock::TimePoint started;
  Observation observation;
  /// Why the body's source could not be read, where it said so; transports tell only that.
  std::unique_ptr<Error> body_fault;
};

/// Checks what every call has, and prepares everything but the body. `form` becomes the endpoint's, which may be
/// overridden. Errors: `invalid_argument`.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> prepare_call(Core& core, const Endpoint& endpoint,
                                                                 const CallOptions& call, std::string_view content_type,
                                                                 bool streaming, WireForm& form);

/// Checks and encodes. Errors: `invalid_argument`, and `io` for pictures in files.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> prepare_chat(Core& core, const ChatRequest& request,
                                                                 const CallOptions& call, bool streaming);

}  // namespace chatopen::client
