#pragma once

#include <chatopen/sandbox/sandbox.hpp>

namespace chatopen {

/// Serves until SIGINT or SIGTERM, after printing the variables that make programs use the sandbox. The exit code of
/// `program`: 0, or 1 after saying why it cannot start.
int serve_in_foreground(const char* program, const SandboxOptions& options);

}  // namespace chatopen
