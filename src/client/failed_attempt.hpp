#pragma once

#include "base/redact.hpp"
#include "transport/retry.hpp"

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <string>

namespace chatopen::client {

class Receiver;

/// Why an attempt gave no reply, and what that says about the fate of its request.
struct FailedAttempt {
  Error error;
  transport::RetryClass retry_class = transport::RetryClass::never;
};

/// The server answered with a status that says no, or with a redirect.
[[nodiscard]] FailedAttempt refused_by_status(Receiver& reply, const base::Redactor& redactor);
/// A body under a success status that says no, or that nobody can read: then the service did its part.
[[nodiscard]] FailedAttempt refused_by_body(Error error);
/// The exchange failed.
[[nodiscard]] FailedAttempt broken(const TransportOutcome& outcome, const base::Redactor& redactor);
/// The reply was cut in a way that only its content shows.
[[nodiscard]] FailedAttempt cut(std::string detail);

/// What the server says about itself in its head, for its support.
[[nodiscard]] std::string request_id_of(const Receiver& reply);
/// Identifiers come from outside, where a server may have put a credential into them.
[[nodiscard]] std::string redacted_id(std::string_view id, const base::Redactor& redactor);

[[nodiscard]] Error total_deadline_passed();
[[nodiscard]] Error cancelled_by_caller();

}  // namespace chatopen::client
