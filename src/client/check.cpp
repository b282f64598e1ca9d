#include "client/check.hpp"

#include "base/ascii.hpp"
#include "client/path.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace chatopen::client {
namespace {

Error bad_configuration(std::string message, std::string detail) {
  return {.kind = ErrorKind::configuration, .message = std::move(message), .detail = std::move(detail)};
}

Error bad_argument(std::string message, std::string detail) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

std::optional<Error> fault_in_credential(const Secret& secret, const std::string& option, const char* variable) {
  if (secret.empty()) {
    return bad_configuration(option + " is empty", std::string("set it, or the variable ") + variable);
  }
  const std::string_view text = secret.reveal();
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!visible) {
    return bad_configuration(option + " has a character that a header may not carry",
                             "only visible ASCII is allowed; look for a stray space or line break");
  }
  return std::nullopt;
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// What the SDK or HTTP itself decides on.
bool is_reserved(std::string_view name) {
  constexpr std::string_view reserved[] = {"x-request-req-accesskeyid",
                                           "x-request-req-accesskeysecret",
                                           "accept",
                                           "accept-encoding",
                                           "connection",
                                           "content-encoding",
                                           "content-length",
                                           "content-type",
                                           "expect",
                                           "host",
                                           "http2-settings",
                                           "keep-alive",
                                           "proxy-authorization",
                                           "proxy-connection",
                                           "te",
                                           "trailer",
                                           "transfer-encoding",
                                           "upgrade"};
  return std::any_of(std::begin(reserved), std::end(reserved),
                     [&](std::string_view each) { return base::equal_ignoring_case(each, name); });
}

}  // namespace

std::optional<Error> fault_in(const Credentials& credentials) {
  if (auto fault =
          fault_in_credential(credentials.access_key_id, "credentials.access_key_id", "CHATOPEN_ACCESS_KEY_ID")) {
    return fault;
  }
  return fault_in_credential(credentials.access_key_secret, "credentials.access_key_secret",
                             "CHATOPEN_ACCESS_KEY_SECRET");
}

std::optional<Error> fault_in(const Timeouts& timeouts) {
  const std::pair<const char*, const std::optional<std::chrono::milliseconds>*> all[] = {
      {"timeouts.connect", &timeouts.connect},
      {"timeouts.first_byte", &timeouts.first_byte},
      {"timeouts.idle", &timeouts.idle},
      {"timeouts.total", &timeouts.total}};
  for (const auto& [name, value] : all) {
    if (value->has_value() && (*value)->count() < 0) {
      return bad_argument(std::string(name) + " is negative", "use zero for no limit, or leave it empty to inherit it");
    }
  }
  return std::nullopt;
}

std::optional<Error> fault_in(const RetryPolicy& policy) {
  if (policy.max_retries < 0) return bad_argument("retry.max_retries is negative", "use 0 for no retries");
  if (policy.initial_backoff.count() < 0 || policy.max_backoff.count() < 0 || policy.max_retry_after.count() < 0) {
    return bad_argument("a duration in retry is negative", "use zero to retry at once");
  }
  return std::nullopt;
}

std::optional<Error> fault_in(const Limits& limits) {
  if (limits.max_reply_bytes == 0 || limits.max_header_bytes == 0 || limits.max_header_lines == 0) {
    return bad_argument("a member of limits is zero", "no reply could be received");
  }
  return std::nullopt;
}

std::optional<Error> fault_in(const std::vector<EndpointOverride>& overrides) {
  const std::vector<Endpoint> known = endpoints::all();
  for (const EndpointOverride& override : overrides) {
    const auto endpoint =
        std::find_if(known.begin(), known.end(), [&](const Endpoint& each) { return each.name == override.name; });
    if (endpoint == known.end()) {
      std::string names;
      for (const Endpoint& each : known) names += (names.empty() ? "" : ", ") + each.name;
      return bad_configuration("endpoints names an unknown endpoint: " + override.name, "known are " + names);
    }
    Endpoint example = *endpoint;
    // The general endpoints get their model with each request.
    if (example.model.empty()) example.model = "model";
    if (const auto route = route_of(example, {override}); !route) {
      return bad_configuration(
          "the path in endpoints for " + override.name + " cannot be used: " + route.error().message,
          route.error().detail);
    }
  }
  return std::nullopt;
}

std::optional<Error> fault_in(const std::vector<HttpHeader>& call_headers) {
  for (std::size_t i = 0; i < call_headers.size(); ++i) {
    const HttpHeader& header = call_headers[i];
    const std::string where = "headers[" + std::to_string(i) + "]";
    if (!is_token(header.name)) return bad_argument(where + ".name is not a valid header name", {});
    if (is_reserved(header.name)) {
      return bad_argument(where + " would replace a header that the SDK sets: " + header.name, "leave it out");
    }
    if (std::any_of(header.value.begin(), header.value.end(), base::is_control)) {
      return bad_argument(where + ".value has a control character (" + header.name + ")",
                          "line breaks and other controls may not stand in a header");
    }
    if (base::trim(header.value).size() != header.value.size()) {
      return bad_argument(where + ".value has white space around it (" + header.name + ")", "trim it");
    }
  }
  return std::nullopt;
}

}  // namespace chatopen::client
