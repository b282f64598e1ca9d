#include "commands.hpp"
#include "endpoint_choice.hpp"
#include "exit_code.hpp"
#include "settings.hpp"
#include "table.hpp"

#include <chatopen/endpoint.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::program {
namespace {

struct Options {
  ConnectionOptions connection = {};
  bool json = false;
};

struct Entry {
  Endpoint endpoint;
  bool overridden = false;
};

constexpr std::string_view common_path = "/AIGCChatOpenServ/saas";

std::vector<Entry> known_endpoints(const std::vector<EndpointOverride>& overrides) {
  std::vector<Entry> entries;
  for (Endpoint& endpoint : named_endpoints()) {
    Entry entry{std::move(endpoint)};
    for (const EndpointOverride& each : overrides) {
      if (each.name != entry.endpoint.name) continue;
      entry.overridden = true;
      if (!each.path.empty()) entry.endpoint.path = each.path;
      entry.endpoint.wire_form = each.wire_form.value_or(entry.endpoint.wire_form);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string shown_path(const Endpoint& endpoint) {
  std::string path = endpoint.path;
  const std::size_t place = path.find("{model}");
  if (place != std::string::npos && !endpoint.model.empty()) path.replace(place, 7, endpoint.model);
  return path;
}

// An override is the user's own knowledge, whatever the SDK thought of the path that it replaces.
std::string shown_provenance(const Entry& entry) {
  return entry.overridden ? "configured" : std::string(to_string(entry.endpoint.provenance));
}

void print_json(const std::vector<Entry>& entries, Output& out) {
  auto list = nlohmann::ordered_json::array();
  for (const Entry& each : entries) {
    list.push_back({{"name", each.endpoint.name},
                    {"form", to_string(each.endpoint.wire_form)},
                    {"provenance", shown_provenance(each)},
                    {"path", each.endpoint.path},
                    {"model", each.endpoint.model},
                    {"reference_name", each.endpoint.reference_name}});
  }
  out.print(list.dump(2) + "\n", Shape::json);
}

void print_table(const std::vector<Entry>& entries, Output& out) {
  // On a terminal a line has no room for what all paths have in common, and perhaps for no more.
  const bool brief = out.is_terminal();
  const bool with_reference = !brief || out.columns() >= 112;
  std::vector<std::string> head = {"NAME", "FORM", "PATH IS", "PATH"};
  if (with_reference) head.emplace_back("IN THE REFERENCE");
  Table table(std::move(head));
  for (const Entry& each : entries) {
    std::string path = shown_path(each.endpoint);
    if (brief && path.starts_with(common_path)) path.replace(0, common_path.size(), "...");
    std::vector<std::string> row = {each.endpoint.name, std::string(to_string(each.endpoint.wire_form)),
                                    shown_provenance(each), std::move(path)};
    if (with_reference) row.push_back(each.endpoint.reference_name);
    table.add(std::move(row));
  }
  table.print(out);
  if (!brief) return;
  out.write(
      out.styled(Style::dim, "\n... is " + std::string(common_path) +
                                 "; a configuration file overrides paths and forms.\n"
                                 "documented: on the vendor's reference page. observed: in public clients.\n"
                                 "inferred: concluded from these; it may be wrong. {model} is any: --model NAME.") +
      "\n");
}

int run(const Options& options, Console& console) {
  const Result<Settings> settings = load_settings(options.connection);
  if (!settings) return console.complain(settings.error());
  const std::vector<Entry> entries = known_endpoints(settings->options.endpoints);
  options.json ? print_json(entries, console.out) : print_table(entries, console.out);
  return exit_ok;
}

}  // namespace

void add_endpoints(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command = program.add_subcommand("endpoints", "List the endpoints, and how well each is known");
  command->add_flag("--json", options->json, "Print a JSON array");
  add_profile_options(*command, options->connection);
  command->callback([options, &chosen] { chosen = [options](Console& console) { return run(*options, console); }; });
}

}  // namespace chatopen::program
