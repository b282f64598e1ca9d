#include "commands.hpp"
#include "connection.hpp"
#include "exit_code.hpp"
#include "table.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>

namespace chatopen::program {
namespace {

struct Options {
  ConnectionOptions connection = {};
  bool json = false;
  bool check = false;
};

void print(const Settings& settings, bool json, Output& out) {
  if (!json) {
    Table table({"SETTING", "VALUE", "FROM"});
    for (const Origin& each : settings.origins) {
      table.add({each.name, each.value.empty() ? "-" : each.value, each.from});
    }
    return table.print(out);
  }
  auto list = nlohmann::ordered_json::array();
  for (const Origin& each : settings.origins) {
    list.push_back({{"setting", each.name}, {"value", each.value}, {"from", each.from}});
  }
  out.print(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", Shape::json);
}

int run(const Options& options, Console& console) {
  const Result<Settings> settings = load_settings(options.connection);
  if (!settings) return console.complain(settings.error());
  if (!options.check) print(*settings, options.json, console.out);
  // All that can be checked without the network.
  const Result<Connection> connection = Connection::make(options.connection, 1, console);
  if (!connection) return console.complain(connection.error());
  if (options.check)
    console.out.write("The configuration is usable; whether the service accepts it shows in a call.\n");
  return exit_ok;
}

}  // namespace

void add_config(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command =
      program.add_subcommand("config", "Show the settings in effect and where each comes from, secrets hidden");
  command->add_flag("--check", options->check, "Only say whether they are usable");
  command->add_flag("--json", options->json, "Print a JSON array");
  add_profile_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
