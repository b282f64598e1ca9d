#include "wrap.hpp"

namespace chatopen::program {

std::string wrapped(std::string line, std::size_t columns, std::size_t indent) {
  std::string lines;
  while (line.size() > columns) {
    const std::size_t space = line.rfind(' ', columns);
    if (space == std::string::npos || space <= indent) break;
    lines.append(line, 0, space) += '\n';
    line.replace(0, space + 1, indent, ' ');
  }
  return lines + line;
}

}  // namespace chatopen::program
