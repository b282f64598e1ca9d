#include "completion.hpp"

#include "endpoint_choice.hpp"

#include <CLI/CLI.hpp>

namespace chatopen::program {
namespace {

class Candidates {
 public:
  Candidates(std::string prefix, std::string current) : prefix_(std::move(prefix)), current_(std::move(current)) {}

  void add(const std::string& word, const std::string& description) {
    if (word.starts_with(current_)) lines_ += prefix_ + word + "\t" + description + "\n";
  }
  void add_files() { lines_ += ":files\n"; }
  [[nodiscard]] const std::string& current() const { return current_; }
  [[nodiscard]] const std::string& lines() const { return lines_; }

 private:
  std::string prefix_;
  std::string current_;
  std::string lines_;
};

bool takes_value(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0;
}

void add_values(const CLI::App& command, const CLI::Option& option, Candidates& candidates) {
  // Behind a colon is what it is checked for.
  const std::string type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  if (option.check_lname("endpoint")) {
    for (const Endpoint& each : named_endpoints()) {
      candidates.add(each.name,
                     std::string(to_string(each.wire_form)) + " form, path " + std::string(to_string(each.provenance)));
    }
  } else if (option.check_lname("form")) {
    for (const WireForm form : forms_like(command.get_name() == "image" ? WireForm::image : WireForm::messages)) {
      candidates.add(std::string(to_string(form)), "");
    }
  } else if (type == "SHELL") {
    for (const char* shell : {"bash", "zsh", "fish"}) candidates.add(shell, "");
  } else if (type.find("FILE") != std::string::npos) {
    candidates.add_files();
  }
}

void add_words(const CLI::App& command, Candidates& candidates) {
  for (const CLI::App* each : command.get_subcommands({})) candidates.add(each->get_name(), each->get_description());
  for (const CLI::Option* each : command.get_options()) {
    if (each->get_positional()) {
      if (!candidates.current().starts_with('-')) add_values(command, *each, candidates);
      continue;
    }
    // Options would bury what else may come.
    if (!candidates.current().starts_with('-')) continue;
    for (const std::string& name : each->get_lnames()) candidates.add("--" + name, each->get_description());
  }
}

}  // namespace

std::string complete(const CLI::App& program, std::vector<std::string> words) {
  if (words.empty()) words.emplace_back();
  std::string current = std::move(words.back());
  words.pop_back();
  // bash makes the = of --option=value a word of its own.
  if (current == "=") current.clear();
  if (!words.empty() && words.back() == "=") words.pop_back();
  const CLI::App* command = &program;
  for (const CLI::App* each : program.get_subcommands({})) {
    if (!words.empty() && each->get_name() == words.front()) command = each;
  }
  std::string prefix;
  const CLI::Option* option = words.empty() ? nullptr : command->get_option_no_throw(words.back());
  if (const std::size_t equals = current.find('='); current.starts_with("--") && equals != std::string::npos) {
    option = command->get_option_no_throw(current.substr(0, equals));
    prefix = current.substr(0, equals + 1);
    current.erase(0, equals + 1);
  }
  Candidates candidates(std::move(prefix), std::move(current));
  takes_value(option) ? add_values(*command, *option, candidates) : add_words(*command, candidates);
  return candidates.lines();
}

}  // namespace chatopen::program
