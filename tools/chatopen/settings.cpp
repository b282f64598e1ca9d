#include "settings.hpp"

#include "duration.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace chatopen::program {
namespace {

constexpr const char* default_origin = "default";

// An empty variable counts as unset, as it does for the library.
std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void add_timeout(CLI::App& command, const char* name, std::optional<std::chrono::milliseconds>& timeout,
                 const char* description) {
  const auto parse = [&timeout, name](const std::string& text) {
    timeout = parse_duration(text);
    if (!timeout) throw CLI::ValidationError(name, "expected a time such as 500ms, 30s or 2m; 0 is no limit");
  };
  command.add_option_function<std::string>(name, parse, description)->type_name("TIME")->group("Connection");
}

// Refused later; until then its user info may be a password.
std::string without_user_info(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t end = url.substr(0, url.find_first_of("/?#", begin)).rfind('@');
  return end == std::string::npos || end < begin ? url : url.substr(0, begin) + "(hidden)" + url.substr(end);
}

// The three that both the environment and a profile may give.
void override_by_environment(Settings& settings, const std::string& profile_origin) {
  ClientOptions& options = settings.options;
  const auto origin_of = [&](const char* name, bool in_profile) {
    if (!variable(name).empty()) return std::string(name);
    return in_profile ? profile_origin : std::string("not set");
  };
  const auto hidden = [](const Secret& secret) { return secret.empty() ? std::string() : std::string("(hidden)"); };

  std::string from = origin_of("CHATOPEN_BASE_URL", !options.base_url.empty());
  if (std::string value = variable("CHATOPEN_BASE_URL"); !value.empty()) options.base_url = std::move(value);
  settings.origins.push_back({"base_url", without_user_info(options.base_url), std::move(from)});

  const auto credential = [&](const char* setting, const char* name, Secret& secret) {
    std::string origin = origin_of(name, !secret.empty());
    if (const std::string value = variable(name); !value.empty()) secret = value;
    settings.origins.push_back({setting, hidden(secret), std::move(origin)});
  };
  credential("access_key_id", "CHATOPEN_ACCESS_KEY_ID", options.credentials.access_key_id);
  credential("access_key_secret", "CHATOPEN_ACCESS_KEY_SECRET", options.credentials.access_key_secret);
}

void describe_rest(Settings& settings, const ConnectionOptions& chosen, const std::string& profile_origin) {
  using std::chrono::milliseconds;
  ClientOptions& options = settings.options;
  settings.origins.push_back(
      {"allow_http", options.allow_http ? "true" : "false", options.allow_http ? profile_origin : default_origin});
  const auto timeout = [&](const char* name, std::optional<milliseconds>& value,
                           const std::optional<milliseconds>& wanted, milliseconds otherwise) {
    const std::string from = wanted ? "command line" : value ? profile_origin : default_origin;
    if (wanted) value = wanted;
    settings.origins.push_back({name, spelled_out(value.value_or(otherwise)), from});
  };
  using std::chrono::minutes;
  using std::chrono::seconds;
  timeout("timeouts.connect", options.timeouts.connect, chosen.timeouts.connect, seconds(10));
  timeout("timeouts.first_byte", options.timeouts.first_byte, chosen.timeouts.first_byte, minutes(10));
  timeout("timeouts.idle", options.timeouts.idle, chosen.timeouts.idle, minutes(2));
  timeout("timeouts.total", options.timeouts.total, chosen.timeouts.total, minutes(30));
  const bool default_retries = options.retry.max_retries == RetryPolicy().max_retries;
  if (chosen.retries) options.retry.max_retries = *chosen.retries;
  settings.origins.push_back({"max_retries", std::to_string(options.retry.max_retries),
                              chosen.retries    ? "command line"
                              : default_retries ? default_origin
                                                : profile_origin});
  for (const EndpointOverride& each : options.endpoints) {
    std::string value = each.path;
    if (each.wire_form) value.append(value.empty() ? "" : " ").append(to_string(*each.wire_form)).append(" form");
    settings.origins.push_back({"endpoints." + each.name, std::move(value), profile_origin});
  }
}

}  // namespace

void add_profile_options(CLI::App& command, ConnectionOptions& options) {
  command
      .add_option("--config", options.config, "Read this configuration file, rather than the one in CHATOPEN_CONFIG")
      ->type_name("FILE")
      ->group("Connection");
  command.add_option("--profile", options.profile, "Take this profile of it, rather than the one in CHATOPEN_PROFILE")
      ->type_name("NAME")
      ->group("Connection");
}

void add_connection_options(CLI::App& command, ConnectionOptions& options) {
  add_profile_options(command, options);
  command
      .add_flag("--sandbox", options.sandbox, "Ask the embedded sandbox, which holds no model, rather than the service")
      ->group("Connection");
  command.add_option("--ca-file", options.ca_file, "Trust the authorities in this PEM file, rather than the system's")
      ->type_name("FILE")
      ->group("Connection");
  command.add_option("--header", options.headers, "Send this header line, 'Name: value', too; may be repeated")
      ->type_name("LINE")
      ->allow_extra_args(false)
      ->group("Connection");
  command
      .add_option_function<int>(
          "--retries", [&options](int count) { options.retries = count; },
          "Send a request that was refused or did not arrive again, at most so many times")
      ->check(CLI::Range(0, 100))
      ->type_name("COUNT")
      ->group("Connection");
  add_timeout(command, "--connect-timeout", options.timeouts.connect, "Limit connecting (default 10s)");
  add_timeout(command, "--first-byte-timeout", options.timeouts.first_byte,
              "Limit the wait for the reply's first byte (default 10m)");
  add_timeout(command, "--idle-timeout", options.timeouts.idle,
              "Limit the wait between two pieces of the reply (default 2m)");
  add_timeout(command, "--timeout", options.timeouts.total, "Limit a call as a whole (default 30m)");
}

Result<Settings> load_settings(const ConnectionOptions& chosen) {
  const std::string path = chosen.config.empty() ? variable("CHATOPEN_CONFIG") : chosen.config;
  const std::string profile = chosen.profile.empty() ? variable("CHATOPEN_PROFILE") : chosen.profile;
  Settings settings;
  std::string profile_origin = "configuration file";
  if (!path.empty()) {
    Result<ClientOptions> from_file = ClientOptions::from_file(path, profile);
    if (!from_file) return std::move(from_file).error();
    settings.options = *std::move(from_file);
    settings.origins.push_back({"config", path, chosen.config.empty() ? "CHATOPEN_CONFIG" : "command line"});
    settings.origins.push_back({"profile", profile.empty() ? "(the file's default)" : profile,
                                profile.empty()          ? profile_origin
                                : chosen.profile.empty() ? "CHATOPEN_PROFILE"
                                                         : "command line"});
  } else if (!chosen.profile.empty()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = "there is no configuration file to take the profile from",
                 .detail = "name one with --config, or in CHATOPEN_CONFIG"};
  }
  override_by_environment(settings, profile_origin);
  describe_rest(settings, chosen, profile_origin);
  return settings;
}

Result<std::vector<HttpHeader>> parse_headers(const std::vector<std::string>& lines) {
  std::vector<HttpHeader> headers;
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
      return Error{.kind = ErrorKind::invalid_argument,
                   .message = "a header has no colon",
                   .detail = "write it as --header 'Name: value'"};
    }
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    headers.push_back({line.substr(0, colon), value == std::string::npos ? std::string() : line.substr(value)});
  }
  return headers;
}

}  // namespace chatopen::program
