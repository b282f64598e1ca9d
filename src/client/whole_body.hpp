#pragma once

#include "client/failed_attempt.hpp"

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

#include <string_view>

namespace chatopen::client {

/// Such JSON shows by itself whether it is whole.
[[nodiscard]] bool begins_object_or_array(std::string_view body);

/// As `refused_by_body`, for a reply in one piece that came with a success status: one whose end nothing proves, and
/// whose JSON is unfinished, was cut.
[[nodiscard]] FailedAttempt refused_by_whole_body(Error error, const TransportOutcome& outcome, std::string_view body);

}  // namespace chatopen::client
