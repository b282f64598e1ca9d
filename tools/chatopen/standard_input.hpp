#pragma once

#include <chatopen/result.hpp>

#include <cstddef>
#include <string>

namespace chatopen::program {

class Interruption;

/// All of the standard input, which may have so many bytes. Errors: `cancelled`; `io`; `invalid_argument` when there is
/// more.
[[nodiscard]] Result<std::string> read_standard_input(std::size_t most, const Interruption& interruption);

}  // namespace chatopen::program
