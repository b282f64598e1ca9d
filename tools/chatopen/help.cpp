#include "help.hpp"

#include "wrap.hpp"

#include <sstream>
#include <utility>

namespace chatopen::program {
std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::istringstream lines(CLI::Formatter::make_help(app, std::move(name), mode));
  std::string help;
  std::string line;
  while (std::getline(lines, line)) {
    const bool second_blank = line.empty() && help.ends_with("\n\n");
    if (second_blank) continue;
    const std::size_t indent = line.starts_with("  ") ? description_column : 0;
    help += wrapped(std::move(line), columns_, indent) + "\n";
  }
  help.erase(help.find_last_not_of('\n') + 1);
  return help + "\n";
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  if (option->get_items_expected_max() == 0) return {};
  const std::string type = option->get_type_name();
  // A program's own options are repeated rather than followed by many values.
  return " " + type.substr(0, type.find(':')) +
         (option->get_positional() && option->get_items_expected_max() > 1 ? "..." : "");
}

}  // namespace chatopen::program
