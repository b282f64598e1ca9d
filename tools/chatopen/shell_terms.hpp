#pragma once

#include <string>

namespace chatopen::program {

/// The SDK's text about an error, with what its users write in C++ named as it is written in a shell.
[[nodiscard]] std::string in_shell_terms(std::string text);

}  // namespace chatopen::program
