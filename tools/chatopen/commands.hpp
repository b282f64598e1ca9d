#pragma once

#include "console.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace chatopen::program {

/// What the command line asks for; returns the exit code.
using Command = std::function<int(Console& console)>;

// Each adds a subcommand with its options, which puts into `chosen` what is to be run.
void add_chat(CLI::App& program, Command& chosen);
void add_batch(CLI::App& program, Command& chosen);
void add_image(CLI::App& program, Command& chosen);
void add_upload(CLI::App& program, Command& chosen);
void add_endpoints(CLI::App& program, Command& chosen);
void add_config(CLI::App& program, Command& chosen);
void add_sandbox(CLI::App& program, Command& chosen);
void add_completion(CLI::App& program, Command& chosen);

/// All of them, with help that fits in so many columns.
void add_commands(CLI::App& program, Command& chosen, int columns);

}  // namespace chatopen::program
