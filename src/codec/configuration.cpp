#include "codec/configuration.hpp"

#include "codec/strict_json.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace chatopen::codec {
namespace {

using nlohmann::json;
using Fault = std::optional<Error>;

// Far beyond any use, and far below where sums of nanoseconds overflow.
constexpr std::int64_t max_milliseconds = std::int64_t{366} * 24 * 3600 * 1000;
constexpr int max_retries = 100;

// Names come from the file; values are never in a message.
Error fault(const std::string& message, const std::string& detail = {}) {
  return json_fault(ErrorKind::configuration, message, detail);
}

Fault expected(const std::string& path, const char* what) {
  return fault((path.empty() ? "the file" : path) + ": expected " + what);
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

// Reads one member of a T; what T has is a list of these.
template <typename T>
struct Member {
  const char* name;
  Fault (*read)(const json& value, const std::string& path, T& into);
};

template <typename T, std::size_t Count>
Fault read_object(const json& value, const std::string& path, const Member<T> (&members)[Count], T& into) {
  if (!value.is_object()) return expected(path, "an object");
  for (auto each = value.begin(); each != value.end(); ++each) {
    const std::string& name = each.key();
    const auto member = std::find_if(std::begin(members), std::end(members),
                                     [&](const Member<T>& known) { return name == known.name; });
    if (member == std::end(members)) {
      std::vector<std::string> names;
      for (const Member<T>& known : members) names.emplace_back(known.name);
      return fault(below(path, name) + ": no such member", "known here: " + join(names));
    }
    if (Fault found = member->read(each.value(), below(path, name), into)) return found;
  }
  return std::nullopt;
}

Fault read_string(const json& value, const std::string& path, std::string& into) {
  if (!value.is_string()) return expected(path, "a string");
  into = value.get_ref<const std::string&>();
  return std::nullopt;
}

Fault read_secret(const json& value, const std::string& path, Secret& into) {
  if (!value.is_string()) return expected(path, "a string");
  into = value.get_ref<const std::string&>();
  return std::nullopt;
}

// A value of the parser's unsigned type is not negative; one beyond its signed type would convert to a negative.
std::optional<std::int64_t> whole_number(const json& value, std::int64_t largest) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > static_cast<std::uint64_t>(largest)) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

template <std::optional<std::chrono::milliseconds> Timeouts::*Timeout>
Fault read_timeout(const json& value, const std::string& path, Timeouts& into) {
  const std::optional<std::int64_t> number = whole_number(value, max_milliseconds);
  if (!number) return expected(path, "a whole number of milliseconds, 0 (no limit) to 31622400000");
  into.*Timeout = std::chrono::milliseconds(*number);
  return std::nullopt;
}

constexpr Member<Timeouts> timeout_members[] = {{"connect_ms", read_timeout<&Timeouts::connect>},
                                                {"first_byte_ms", read_timeout<&Timeouts::first_byte>},
                                                {"idle_ms", read_timeout<&Timeouts::idle>},
                                                {"total_ms", read_timeout<&Timeouts::total>}};

Fault read_path(const json& value, const std::string& path, EndpointOverride& into) {
  if (!value.is_string() || !value.get_ref<const std::string&>().starts_with('/')) {
    return expected(path, "a path that begins with /");
  }
  return read_string(value, path, into.path);
}

Fault read_wire_form(const json& value, const std::string& path, EndpointOverride& into) {
  for (const WireForm form : {WireForm::messages, WireForm::prompt, WireForm::image, WireForm::upload}) {
    if (value.is_string() && value.get_ref<const std::string&>() == to_string(form)) {
      into.wire_form = form;
      return std::nullopt;
    }
  }
  return expected(path, "messages, prompt, image or upload");
}

constexpr Member<EndpointOverride> endpoint_members[] = {{"path", read_path}, {"wire_form", read_wire_form}};

Fault read_endpoints(const json& value, const std::string& path, ClientOptions& into) {
  if (!value.is_object()) return expected(path, "an object whose members are endpoints");
  std::vector<std::string> known;
  for (const Endpoint& endpoint : endpoints::all()) known.push_back(endpoint.name);
  known.push_back(endpoints::file_upload().name);
  for (const auto& [name, each] : value.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return fault(below(path, name) + ": no such endpoint", "the endpoints are: " + join(known));
    }
    EndpointOverride& added = into.endpoints.emplace_back();
    added.name = name;
    if (Fault found = read_object(each, below(path, name), endpoint_members, added)) return found;
  }
  return std::nullopt;
}

constexpr Member<ClientOptions> profile_members[] = {
    {"base_url", [](const json& value, const std::string& path,
                    ClientOptions& into) { return read_string(value, path, into.base_url); }},
    {"access_key_id", [](const json& value, const std::string& path,
                         ClientOptions& into) { return read_secret(value, path, into.credentials.access_key_id); }},
    {"access_key_secret",
     [](const json& value, const std::string& path, ClientOptions& into) {
       return read_secret(value, path, into.credentials.access_key_secret);
     }},
    {"allow_http",
     [](const json& value, const std::string& path, ClientOptions& into) -> Fault {
       if (!value.is_boolean()) return expected(path, "true or false");
       into.allow_http = value.get<bool>();
       return std::nullopt;
     }},
    {"timeouts", [](const json& value, const std::string& path,
                    ClientOptions& into) { return read_object(value, path, timeout_members, into.timeouts); }},
    {"max_retries",
     [](const json& value, const std::string& path, ClientOptions& into) -> Fault {
       const std::optional<std::int64_t> number = whole_number(value, max_retries);
       if (!number) return expected(path, "a whole number, 0 to 100");
       into.retry.max_retries = static_cast<int>(*number);
       return std::nullopt;
     }},
    {"endpoints", read_endpoints}};

struct File {
  std::string default_profile;
  std::vector<std::pair<std::string, ClientOptions>> profiles;
};

constexpr Member<File> file_members[] = {
    {"default_profile", [](const json& value, const std::string& path,
                           File& into) { return read_string(value, path, into.default_profile); }},
    {"profiles", [](const json& value, const std::string& path, File& into) -> Fault {
       if (!value.is_object()) return expected(path, "an object whose members are profiles");
       for (const auto& [name, each] : value.items()) {
         auto& added = into.profiles.emplace_back(name, ClientOptions());
         if (Fault found = read_object(each, below(path, name), profile_members, added.second)) return found;
       }
       return std::nullopt;
     }}};

bool holds_credential(const ClientOptions& options) {
  return !options.credentials.access_key_id.empty() || !options.credentials.access_key_secret.empty();
}

Error no_such_profile(const std::string& wanted, const File& file) {
  std::vector<std::string> names;
  for (const auto& [name, options] : file.profiles) names.push_back(name);
  return fault("profiles." + wanted + ": no such profile",
               names.empty() ? "the file has no profiles"
                             : "the profiles are: " + join(names) + "; name one, or set default_profile");
}

}  // namespace

Result<Configuration> decode_configuration(std::string_view text, const std::string& profile) {
  const Result<json> parsed = parse_json(text, ErrorKind::configuration);
  if (!parsed) return parsed.error();
  File file;
  if (Fault found = read_object(*parsed, "", file_members, file)) return *std::move(found);

  const std::string& fallback = file.default_profile.empty() ? "default" : file.default_profile;
  const std::string& wanted = profile.empty() ? fallback : profile;
  Configuration configuration;
  bool found = false;
  for (auto& [name, options] : file.profiles) {
    configuration.holds_credentials = configuration.holds_credentials || holds_credential(options);
    if (name != wanted) continue;
    configuration.options = std::move(options);
    found = true;
  }
  if (!found) return no_such_profile(wanted, file);
  return configuration;
}

}  // namespace chatopen::codec
