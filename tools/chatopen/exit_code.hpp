#pragma once

#include <chatopen/error.hpp>

namespace chatopen::program {

// What the program tells its caller; documented in docs/program.md and chatopen(1).
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_configuration = 3;
inline constexpr int exit_io = 4;
inline constexpr int exit_interrupted = 130;
inline constexpr int exit_closed_pipe = 141;

/// The code for a call that ended with this error.
[[nodiscard]] int exit_code(const Error& error) noexcept;

}  // namespace chatopen::program
