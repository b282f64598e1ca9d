#include "batch_run.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "console.hpp"
#include "exit_code.hpp"
#include "interruption.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace chatopen::program {
namespace {

struct Options {
  ConnectionOptions connection = {};
  BatchOptions batch = {};
  std::vector<std::string> inputs = {};
  std::string output = {};
  bool resume = false;
  bool retry_failed = false;
};

Result<BatchOutput> open_output(const Options& options, Console& console) {
  if (!options.output.empty()) {
    return BatchOutput::open(options.output, options.retry_failed ? Existing::resume_and_retry
                                             : options.resume     ? Existing::resume
                                                                  : Existing::refuse);
  }
  if (!options.resume && !options.retry_failed) return BatchOutput(console.out);
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "there is no output file to go on with",
               .detail = "name it with --output"};
}

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + (count == 1 ? " line " : " lines ") + what;
}

void summarise(const BatchTally& tally, std::uint64_t earlier_failures, Console& console) {
  const std::uint64_t failures = tally.failed + earlier_failures;
  // Where nobody watches, only what is wrong is worth a word.
  if (failures == 0 && !console.err.is_terminal()) return;
  std::string text = counted(tally.answered, "answered");
  if (tally.failed > 0) text += ", " + counted(tally.failed, "failed");
  if (tally.skipped > 0) text += ", " + counted(tally.skipped, "already there");
  if (earlier_failures > 0) text += " (" + std::to_string(earlier_failures) + " of them failed)";
  console.err.write(text + "\n");
}

int run(const Options& options, Console& console) {
  Interruption interruption;
  Result<ChatRequest> checked = options.batch.defaults.request();
  // A line may name what the command line left out.
  if (!checked && options.batch.defaults.endpoint.endpoint.empty()) return console.complain(checked.error());
  const Result<Connection> connection = Connection::make(options.connection, options.batch.concurrency, console);
  if (!connection) return console.complain(connection.error());
  Result<BatchInput> input = BatchInput::open(options.inputs.empty() ? std::vector<std::string>{"-"} : options.inputs);
  if (!input) return console.complain(input.error());
  Result<BatchOutput> output = open_output(options, console);
  if (!output) return console.complain(output.error());

  const Result<BatchTally> tally = run_batch(*input, *output, options.batch, *connection, interruption, console);
  if (!tally) return console.out.failure() != 0 ? exit_io : console.complain(tally.error());
  if (interruption.signal() != 0) {
    summarise(*tally, output->failures(), console);
    console.complain("interrupted" + std::string(options.output.empty() ? "" : "; --resume goes on"));
    return interruption.exit_code();
  }
  summarise(*tally, output->failures(), console);
  return tally->failed + output->failures() == 0 ? exit_ok : exit_failed;
}

}  // namespace

void add_batch(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command =
      program.add_subcommand("batch", "Ask what the lines of files ask: JSON Lines in, JSON Lines out");
  command->add_option("input", options->inputs, "Read these files, one after the other (default: the standard input)")
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "Write to this file, rather than to the standard output")
      ->type_name("FILE");
  command->add_flag("--resume", options->resume,
                    "Go on where the output file ends, without asking again what it holds");
  command->add_flag("--retry-failed", options->retry_failed, "The same, but ask again what has failed");
  command->add_option("-j,--concurrency", options->batch.concurrency, "Ask so many at a time (default 8)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
      ->type_name("COUNT");
  command->add_flag("--unordered", options->batch.unordered,
                    "Write what is done first, rather than in the input's order");
  command->add_flag("--raw", options->batch.raw, "Put the reply's JSON as it came into each record, as raw");
  add_request_options(*command, options->batch.defaults);
  add_connection_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
