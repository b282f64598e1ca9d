#pragma once

#include "client/failed_attempt.hpp"

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <string_view>

namespace chatopen::client {

/// Whether a body begins as JSON does that shows by itself whether it is whole.
[[nodiscard]] bool begins_object_or_array(std::string_view body);

/// A body under a success status, in one piece, that was not decoded: because it says no, because nobody can read it,
/// or because it was cut in a way that only its JSON shows.
[[nodiscard]] FailedAttempt undecoded(Error error, std::string_view body, const TransportOutcome& outcome);

}  // namespace chatopen::client
