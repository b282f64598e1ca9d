#pragma once

#include "transport/retry.hpp"

#include <chatopen/error.hpp>
#include <chatopen/transport.hpp>

namespace chatopen::transport {

/// A failed exchange as the caller sees it. `outcome.failure` must be set.
[[nodiscard]] Error error_of(const TransportOutcome& outcome);

/// What a failed exchange says about the fate of its request. `outcome.failure` must be set.
[[nodiscard]] RetryClass class_of(const TransportOutcome& outcome) noexcept;

}  // namespace chatopen::transport
