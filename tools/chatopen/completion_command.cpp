#include "commands.hpp"
#include "completion.hpp"
#include "exit_code.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace chatopen::program {

void add_completion(CLI::App& program, Command& chosen) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* const command =
      program.add_subcommand("completion", "Print the script that makes a shell complete chatopen");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("SHELL");
  command->callback([shell, &chosen] {
    chosen = [shell](Console& console) {
      console.out.write(*shell == "bash" ? bash_completion : *shell == "zsh" ? zsh_completion : fish_completion);
      return exit_ok;
    };
  });
}

}  // namespace chatopen::program
