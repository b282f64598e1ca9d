#pragma once

namespace CLI {
class App;
}

namespace chatopen::program {

/// Parses the command line with every word as it is: left to itself, CLI11 takes `[a, b]` for a list, and drops the
/// brackets. Throws what `CLI::App::parse` throws.
void parse_arguments(CLI::App& program, int argc, char** argv);

}  // namespace chatopen::program
