#pragma once

#include <cstddef>
#include <string>

namespace chatopen::program {

/// The line broken at spaces into lines of so many bytes at most, of which all but the first are indented.
[[nodiscard]] std::string wrapped(std::string line, std::size_t columns, std::size_t indent);

}  // namespace chatopen::program
