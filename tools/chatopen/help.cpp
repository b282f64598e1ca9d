#include "help.hpp"

#include <sstream>

namespace chatopen::program {
namespace {

// Broken at spaces; what follows is indented as a description is, if this is a line with one.
void append_wrapped(std::string& into, std::string line, std::size_t columns, std::size_t description_column) {
  const std::size_t indent = line.starts_with("  ") ? description_column : 0;
  while (line.size() > columns) {
    const std::size_t space = line.rfind(' ', columns);
    if (space == std::string::npos || space <= indent) break;
    into.append(line, 0, space) += '\n';
    line.replace(0, space + 1, indent, ' ');
  }
  into.append(line) += '\n';
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::istringstream lines(CLI::Formatter::make_help(app, std::move(name), mode));
  std::string help;
  std::string line;
  while (std::getline(lines, line)) {
    const bool second_blank = line.empty() && help.ends_with("\n\n");
    if (!second_blank) append_wrapped(help, std::move(line), columns_, description_column);
  }
  help.erase(help.find_last_not_of('\n') + 1);
  return help + "\n";
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return {};
  const std::string type = option->get_type_name();
  // A program's own options are repeated rather than followed by many values.
  return " " + type.substr(0, type.find(':')) +
         (option->get_positional() && option->get_items_expected_max() > 1 ? "..." : "");
}

}  // namespace chatopen::program
