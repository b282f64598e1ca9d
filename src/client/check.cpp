#include "client/check.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "client/path.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

using base::refuse;

constexpr ErrorKind configuration = ErrorKind::configuration;
constexpr ErrorKind invalid_argument = ErrorKind::invalid_argument;

bool is_invisible(char c) noexcept {
  return c <= 0x20 || c >= 0x7f;
}

bool refuses_credential(const Secret& secret, std::string_view option, std::string_view variable, Error& fault) {
  if (secret.empty()) {
    return refuse(fault, configuration, {option, " is empty"},
                  {"set it, or begin with ClientOptions::from_environment(), which reads ", variable});
  }
  const std::string_view text = secret.reveal();
  return base::has_character(text, is_invisible) &&
         refuse(fault, configuration, {option, " has a character that a header may not carry"},
                {"only visible ASCII is allowed; look for a stray space or line break"});
}

// RFC 9110, 5.6.2.
bool is_no_token_character(char c) noexcept {
  return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

// What the SDK or HTTP itself decides on.
bool is_reserved(std::string_view name) {
  return base::is_one_of(name,
                         "x-request-req-accesskeyid x-request-req-accesskeysecret accept accept-encoding connection "
                         "content-encoding content-length content-type expect host http2-settings keep-alive "
                         "proxy-authorization proxy-connection te trailer transfer-encoding upgrade");
}

}  // namespace

bool refuses(const Credentials& credentials, Error& fault) {
  return refuses_credential(credentials.access_key_id, "credentials.access_key_id", "CHATOPEN_ACCESS_KEY_ID", fault) ||
         refuses_credential(credentials.access_key_secret, "credentials.access_key_secret",
                            "CHATOPEN_ACCESS_KEY_SECRET", fault);
}

bool refuses(const Timeouts& timeouts, Error& fault) {
  const std::pair<std::string_view, const std::optional<std::chrono::milliseconds>*> all[] = {
      {"timeouts.connect", &timeouts.connect},
      {"timeouts.first_byte", &timeouts.first_byte},
      {"timeouts.idle", &timeouts.idle},
      {"timeouts.total", &timeouts.total}};
  for (const auto& [name, value] : all) {
    if (value->has_value() && (*value)->count() < 0) {
      return refuse(fault, invalid_argument, {name, " is negative"},
                    {"use zero for no limit, or leave it empty to inherit it"});
    }
  }
  return false;
}

bool refuses(const RetryPolicy& policy, Error& fault) {
  if (policy.max_retries < 0) {
    return refuse(fault, invalid_argument, {"retry.max_retries is negative"}, {"use 0 for no retries"});
  }
  const auto shortest = std::min({policy.initial_backoff, policy.max_backoff, policy.max_retry_after});
  return shortest.count() < 0 &&
         refuse(fault, invalid_argument, {"a duration in retry is negative"}, {"use zero to retry at once"});
}

bool refuses(const Limits& limits, Error& fault) {
  const bool usable = limits.max_reply_bytes != 0 && limits.max_event_bytes != 0 && limits.max_header_bytes != 0 &&
                      limits.max_header_lines != 0;
  return !usable && refuse(fault, invalid_argument, {"a member of limits is zero"}, {"no reply could be received"});
}

bool refuses(const std::vector<EndpointOverride>& overrides, Error& fault) {
  if (overrides.empty()) return false;
  std::vector<Endpoint> known = endpoints::all();
  known.push_back(endpoints::file_upload());
  for (const EndpointOverride& override : overrides) {
    const auto endpoint =
        std::find_if(known.begin(), known.end(), [&](const Endpoint& each) { return each.name == override.name; });
    if (endpoint == known.end()) {
      std::string names;
      for (const Endpoint& each : known) names.append(names.empty() ? "" : ", ").append(each.name);
      return refuse(fault, configuration, {"endpoints names an unknown endpoint: ", override.name},
                    {"known are ", names});
    }
    // The general endpoints get their model with each request.
    const std::string_view model = endpoint->model.empty() ? "model" : std::string_view(endpoint->model);
    std::string path;
    Error why;
    if (refuses_path(override.path.empty() ? endpoint->path : override.path, model, path, why)) {
      return refuse(fault, configuration,
                    {"the path in endpoints for ", override.name, " cannot be used: ", why.message}, {why.detail});
    }
  }
  return false;
}

bool refuses(const std::vector<HttpHeader>& call_headers, Error& fault) {
  for (std::size_t i = 0; i < call_headers.size(); ++i) {
    const HttpHeader& header = call_headers[i];
    const auto refuse_it = [&](std::string_view what, std::string_view detail) {
      return refuse(fault, invalid_argument, {"headers[", std::to_string(i), "]", what, header.name}, {detail});
    };
    if (header.name.empty() || base::has_character(header.name, is_no_token_character)) {
      return refuse_it(".name is not a valid header name: ", "use a token of RFC 9110");
    }
    if (is_reserved(header.name)) return refuse_it(" would replace a header that the SDK sets: ", "leave it out");
    if (base::has_character(header.value, base::is_control)) {
      return refuse_it(".value has a control character, of ",
                       "line breaks and other controls may not stand in a header");
    }
    if (base::trim(header.value).size() != header.value.size()) {
      return refuse_it(".value has white space around it, of ", "trim it");
    }
  }
  return false;
}

}  // namespace chatopen::client
