#pragma once

#include <chatopen/sandbox/sandbox.hpp>

#include <string>

namespace chatopen {

/// Writes to the standard output at once. The exit code of `program`: 0; 4 after saying why it could not; 141 when the
/// reader has closed it.
int print_at_once(const char* program, const std::string& text);

/// Serves until SIGINT or SIGTERM, after printing the variables that make programs use the sandbox. The exit code of
/// `program`: 0, 1 after saying why it cannot start, or as `print_at_once` when nobody could know the variables.
int serve_in_foreground(const char* program, const SandboxOptions& options);

}  // namespace chatopen
