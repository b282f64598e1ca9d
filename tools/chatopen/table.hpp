#pragma once

#include "console.hpp"

#include <string>
#include <vector>

namespace chatopen::program {

/// Rows of cells in aligned columns. The last column may hold characters of any width.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// The head is bold on a terminal. Cells are shown neutrally.
  void print(Output& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace chatopen::program
