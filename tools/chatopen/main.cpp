// chatopen: the command line of the service.

#include "../standard_streams.hpp"
#include "arguments.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "descriptor_limit.hpp"
#include "exit_code.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace chatopen::program {
namespace {

// The deepest subcommand that was named, whose help fits.
const CLI::App& named(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  return chosen.empty() ? program : *chosen.front();
}

std::string full_name(const CLI::App& program) {
  const CLI::App& command = named(program);
  return &command == &program ? "chatopen" : "chatopen " + command.get_name();
}

// Whether it stands before the command that has it, or without any.
bool is_misplaced(const CLI::App& program, const std::string& option) {
  const auto chosen = program.get_subcommands();
  for (const CLI::App* each :
       chosen.empty() ? program.get_subcommands({}) : std::vector<const CLI::App*>{chosen.front()}) {
    if (each->get_option_no_throw(option) == nullptr) continue;
    for (const std::string& word : program.remaining()) {
      if (word.substr(0, word.find('=')) == option) return true;
    }
  }
  return false;
}

// Whatever follows a =, and words that no option asked for, may be a key: they are not repeated.
std::string unknown_option(const CLI::App& program) {
  for (const std::string& each : program.remaining(true)) {
    const std::string name = each.substr(0, each.find('='));
    if (!name.starts_with('-')) continue;
    if (is_misplaced(program, name)) return "the option " + name + " goes after the command";
    if (name.find("key") == std::string::npos && name.find("secret") == std::string::npos) {
      return "no such option: " + name;
    }
    return "no such option: " + name +
           " (credentials are not taken from the command line, where others can read them: set "
           "CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET)";
  }
  return program.get_subcommands().empty() ? "no such command" : "there are more arguments than it takes";
}

std::string unknown_command(const CLI::App& program, int argc, char** argv) {
  std::string known;
  for (const CLI::App* each : program.get_subcommands({})) known += (known.empty() ? "" : ", ") + each->get_name();
  if (argc > 1 && argv[1][0] == '-') return unknown_option(program);
  return (argc > 1 ? "no such command: " + std::string(argv[1]) : std::string("name a command")) + " (there are " +
         known + ")";
}

int refuse_usage(const CLI::App& program, const std::string& message, Console& console) {
  console.complain(message);
  console.err.write("Try: " + full_name(program) + " --help\n");
  return exit_usage;
}

// What could not be written is an error, except that a reader who has seen enough may close a pipe.
int check_output(const Console& console, int code) {
  const int failure = console.out.failure();
  if (failure == 0) return code;
  if (failure == EPIPE) return exit_closed_pipe;
  Console().complain("cannot write to the standard output: " + std::generic_category().message(failure));
  return exit_io;
}

int run(int argc, char** argv) {
  // A write to a closed pipe is to fail, for the program to end in order.
  std::signal(SIGPIPE, SIG_IGN);
  Console console;
  CLI::App program;
  program.name("chatopen");
  Command chosen;
  add_commands(program, chosen, console.out.columns());
  // What the completion scripts ask.
  if (argc > 1 && std::string_view(argv[1]) == "__complete") {
    console.out.write(complete(program, {argv + 2, argv + argc}));
    return exit_ok;
  }
  try {
    parse_arguments(program, argc, argv);
  } catch (const CLI::CallForHelp&) {
    console.out.write(named(program).help(program.get_subcommands().empty() ? "" : "chatopen"));
    return check_output(console, exit_ok);
  } catch (const CLI::CallForVersion& version) {
    console.out.write(std::string(version.what()) + "\n");
    return check_output(console, exit_ok);
  } catch (const CLI::ExtrasError&) {
    return refuse_usage(program, unknown_option(program), console);
  } catch (const CLI::RequiredError& missing) {
    const bool no_command = program.get_subcommands().empty();
    return refuse_usage(program, no_command ? unknown_command(program, argc, argv) : missing.what(), console);
  } catch (const CLI::Error& error) {
    return refuse_usage(program, error.what(), console);
  }
  return check_output(console, chosen(console));
}

}  // namespace
}  // namespace chatopen::program

int main(int argc, char** argv) {
  chatopen::reserve_standard_streams();
  chatopen::program::raise_descriptor_limit();
  try {
    return chatopen::program::run(argc, argv);
  } catch (const std::exception& failed) {
    chatopen::program::Console().complain(failed.what());
    return chatopen::program::exit_failed;
  }
}
