#pragma once

#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/result.hpp>

namespace chatopen::client {

/// Sends a call and waits for its end, which leaves the value with the receiver. Returns how many attempts it took.
/// Throws what a callback of the caller's has thrown.
[[nodiscard]] Result<int> call_blocking(Core& core, PreparedCall& prepared, Receiver& receiver);

}  // namespace chatopen::client
