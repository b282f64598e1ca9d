#pragma once

#include <chatopen/result.hpp>

#include <string>
#include <vector>

namespace chatopen::program {

class Interruption;

/// The words with spaces between them; the word - is the standard input, as is no word at all. Errors: `cancelled`;
/// `io`; `invalid_argument` when there is nothing, or too much.
[[nodiscard]] Result<std::string> read_question(const std::vector<std::string>& words,
                                                const Interruption& interruption);

}  // namespace chatopen::program
