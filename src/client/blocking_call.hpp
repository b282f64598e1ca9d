#pragma once

#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/result.hpp>

namespace chatopen::client {

/// Sends a call and waits for its end: how many attempts it took, and the value is the receiver's. Throws what a
/// callback of the caller's has thrown.
[[nodiscard]] Result<int> run_blocking(Core& core, PreparedCall& prepared, Receiver& receiver);

}  // namespace chatopen::client
