#pragma once

#include <chatopen/result.hpp>

namespace chatopen::transport {

/// Initialises libcurl, once per program and from any thread, and checks that it can do what is asked of it.
/// Errors: `configuration`.
[[nodiscard]] Result<void> initialise_curl();

}  // namespace chatopen::transport
