#include "table.hpp"

#include <algorithm>

namespace chatopen::program {

void Table::print(Output& out) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += neutral(row[i], Shape::line);
      if (i + 1 < row.size()) line.append(widths[i] - std::min(widths[i], row[i].size()) + 2, ' ');
    }
    out.write((&row == &rows_.front() ? out.styled(Style::bold, line) : line) + "\n");
  }
}

}  // namespace chatopen::program
