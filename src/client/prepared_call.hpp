#pragma once

#include "base/redact.hpp"
#include "client/observation.hpp"

#include <chatopen/cancel.hpp>
#include <chatopen/clock.hpp>
#include <chatopen/options.hpp>
#include <chatopen/request.hpp>
#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <memory>
#include <string>

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
};

/// Checks what a call says of itself, and fills in all but its body and headers. `wire_form` is the endpoint's, which
/// may be overridden. Errors: `invalid_argument`.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> open_call(Core& core, const Endpoint& endpoint,
                                                              const CallOptions& call, bool streaming,
                                                              WireForm& wire_form);
/// The body, and every header: the credentials, what the reply may be, and the call's own.
void set_json_body(PreparedCall& prepared, std::string body, const CallOptions& call, bool streaming);

/// Checks and encodes. Errors: `invalid_argument`, and `io` for pictures in files.
[[nodiscard]] Result<std::unique_ptr<PreparedCall>> prepare_chat(Core& core, const ChatRequest& request,
                                                                 const CallOptions& call, bool streaming);

}  // namespace chatopen::client
