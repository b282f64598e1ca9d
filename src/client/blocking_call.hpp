#pragma once

#include "client/prepared_call.hpp"
#include "client/receiver.hpp"

#include <chatopen/error.hpp>

#include <optional>

namespace chatopen::client {

/// Sends a call and waits for its end. Empty for a success, whose value the receiver has. `attempts` as in `Error`.
/// Throws what a callback of the caller's has thrown.
[[nodiscard]] std::optional<Error> run_blocking(Core& core, PreparedCall& prepared, Receiver& receiver, int& attempts);

}  // namespace chatopen::client
