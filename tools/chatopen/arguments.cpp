#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace chatopen::program {
namespace {

// No argument of a program has it.
constexpr char shield = '\0';

std::string unshielded(std::string value) {
  if (value.starts_with(shield)) value.erase(0, 1);
  return value;
}

}  // namespace

void parse_arguments(CLI::App& program, int argc, char** argv) {
  for (CLI::App* const command : program.get_subcommands({})) {
    for (CLI::Option* const option : command->get_options({})) {
      if (option->get_items_expected_max() > 0) option->transform(unshielded);
    }
  }
  // As CLI11 wants them: the last one first.
  std::vector<std::string> words;
  for (int i = argc - 1; i > 0; --i) {
    std::string word = argv[i];
    if (word.starts_with('[')) word.insert(word.begin(), shield);
    words.push_back(std::move(word));
  }
  program.parse(std::move(words));
}

}  // namespace chatopen::program
