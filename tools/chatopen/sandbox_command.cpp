#include "../sandbox_in_foreground.hpp"
#include "commands.hpp"

#include <chatopen/sandbox/sandbox.hpp>

#include <CLI/CLI.hpp>

#include <memory>

namespace chatopen::program {

void add_sandbox(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<SandboxOptions>();
  CLI::App* const command = program.add_subcommand(
      "sandbox",
      "Serve the protocol on this machine until interrupted, and print the variables that make programs use it");
  command->add_option("--port", options->port, "Listen on this port (default: a free one)")->type_name("PORT");
  command
      ->add_option("--max-connections", options->max_connections, "Serve so many connections at a time (default 128)")
      ->check(CLI::Range(1, 100'000))
      ->type_name("COUNT");
  command->callback(
      [options, &chosen] { chosen = [options](Console&) { return serve_in_foreground("chatopen", *options); }; });
}

}  // namespace chatopen::program
