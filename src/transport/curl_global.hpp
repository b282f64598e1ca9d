#pragma once

#include <chatopen/result.hpp>

namespace chatopen::transport {

/// Initialises libcurl, once per program and from any thread, and checks that it can do what is asked of it.
/// Errors: `configuration`.
[[nodiscard]] Result<void> initialise_curl();

/// Changes in a child process after `fork`, which shares its parent's connections and must leave them alone.
[[nodiscard]] unsigned process_generation() noexcept;

}  // namespace chatopen::transport
