#include "commands.hpp"

#include "help.hpp"

#include <chatopen/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace chatopen::program {

void add_commands(CLI::App& program, Command& chosen, int columns) {
  program.description("Talks to the models of a Chat Open gateway from the command line");
  program.set_version_flag("--version", "chatopen " CHATOPEN_VERSION_STRING, "Print the version and exit");
  program.require_subcommand(1);
  program.formatter(std::make_shared<HelpFormatter>(std::clamp(columns, 60, 110)));
  program.footer(
      "\nCredentials come from the environment or a configuration file, never from the command line: "
      "CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID, CHATOPEN_ACCESS_KEY_SECRET; or CHATOPEN_CONFIG, CHATOPEN_PROFILE.\n"
      "\nExit codes: 0 done; 1 the service or the network failed; 2 wrong usage; 3 wrong configuration; 4 a file, "
      "or the standard output, could not be read or written; 130 interrupted. See chatopen(1).");
  add_chat(program, chosen);
  add_batch(program, chosen);
  add_image(program, chosen);
  add_upload(program, chosen);
  add_endpoints(program, chosen);
  add_config(program, chosen);
  add_sandbox(program, chosen);
  add_completion(program, chosen);
  for (CLI::App* each : program.get_subcommands({})) each->footer("");
}

}  // namespace chatopen::program
