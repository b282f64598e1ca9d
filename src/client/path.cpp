#include "client/path.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "codec/utf8.hpp"

#include <array>
#include <utility>

namespace chatopen::client {
namespace {

constexpr std::string_view model_placeholder = "{model}";

void append_percent_encoded(std::string& out, char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += digits[byte >> 4];
  out += digits[byte & 0xF];
}

// RFC 3986, 2.3.
constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// What a path or query may hold unencoded besides: sub-delims, and the delimiters that the caller wrote on purpose.
constexpr std::array<bool, 256> path_characters = [] {
  std::array<bool, 256> stands{};
  for (std::size_t i = 0; i < stands.size(); ++i) {
    const char c = static_cast<char>(i);
    stands[i] = is_unreserved(c) || std::string_view("!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
  }
  return stands;
}();

constexpr bool stands_in_path(char c) noexcept {
  return path_characters[static_cast<unsigned char>(c)];
}

constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Servers decode %2e before they resolve dot segments, so it counts as a dot.
bool is_dot_segment(std::string_view segment) {
  constexpr std::size_t longest = std::string_view("%2e%2e").size();
  if (segment.size() > longest) return false;
  std::string decoded;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '%' && i + 2 < segment.size() && segment[i + 1] == '2' && base::to_lower(segment[i + 2]) == 'e') {
      decoded += '.';
      i += 2;
    } else {
      decoded += segment[i];
    }
  }
  return decoded == "." || decoded == "..";
}

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (is_dot_segment(segment)) return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

bool refuse(Error& fault, std::initializer_list<std::string_view> message, std::string_view detail = {}) {
  return base::refuse(fault, ErrorKind::invalid_argument, message, {detail});
}

// Percent-encoding would hide it from everything behind.
bool refuses_unless_utf8(std::string_view text, std::string_view field, Error& fault) {
  if (codec::is_utf8(text)) return false;
  return refuse(fault, {field, " is not valid UTF-8"}, "convert it, or replace what is broken, before sending");
}

}  // namespace

std::string fill_model(std::string_view path, std::string_view model) {
  std::string filled;
  filled.reserve(path.size() + model.size());
  for (;;) {
    const std::size_t at = path.find(model_placeholder);
    filled += path.substr(0, at);
    if (at == std::string_view::npos) return filled;
    for (const char c : model) {
      if (is_unreserved(c)) {
        filled += c;
      } else {
        append_percent_encoded(filled, c);
      }
    }
    path.remove_prefix(at + model_placeholder.size());
  }
}

bool refuses_path(std::string_view path, std::string_view model, std::string& expanded, Error& fault) {
  if (path.empty()) {
    return refuse(fault, {"the request names no endpoint"},
                  "set ChatRequest::endpoint, for example to endpoints::gpt_4o()");
  }
  if (refuses_unless_utf8(path, "endpoint.path", fault) || refuses_unless_utf8(model, "endpoint.model", fault)) {
    return true;
  }
  if (path.front() != '/') {
    return refuse(fault, {"the endpoint's path does not start with '/'"},
                  std::string(path) + "; a model by its name is endpoints::general_llm(\"...\")");
  }
  if (base::has_character(model, base::is_control)) return refuse(fault, {"the model's name has a control character"});

  std::string filled;
  if (path.find(model_placeholder) != std::string_view::npos) {
    if (model.empty()) {
      return refuse(fault, {"the endpoint needs a model's name"}, "such as endpoints::role_play(\"my-model\")");
    }
    filled = fill_model(path, model);
    path = filled;
  }

  expanded.reserve(path.size());
  std::size_t plain = 0;
  while (plain < path.size() && stands_in_path(path[plain]) && path[plain] != '%') ++plain;
  expanded.append(path.substr(0, plain));
  for (std::size_t i = plain; i < path.size(); ++i) {
    const char c = path[i];
    if (base::is_control(c)) return refuse(fault, {"the endpoint's path has a control character"});
    if (c == '#') return refuse(fault, {"the endpoint's path has a fragment ('#')"}, path);
    const bool is_escape = c == '%' && i + 2 < path.size() && is_hex(path[i + 1]) && is_hex(path[i + 2]);
    if (stands_in_path(c) && (c != '%' || is_escape)) {
      expanded += c;
    } else {
      append_percent_encoded(expanded, c);
    }
  }
  if (has_dot_segment(std::string_view(expanded).substr(0, expanded.find('?')))) {
    return refuse(fault, {"the endpoint's path has a '.' or '..' segment"}, path);
  }
  return false;
}

namespace {

const EndpointOverride* find_override(const std::string& name, const std::vector<EndpointOverride>& overrides) {
  if (name.empty()) return nullptr;
  for (const EndpointOverride& each : overrides) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace

Result<Route> route_of(const Endpoint& endpoint, const std::vector<EndpointOverride>& overrides) {
  const EndpointOverride* const found = find_override(endpoint.name, overrides);
  const bool has_path = found != nullptr && !found->path.empty();
  Route route{.path = {},
              .wire_form = found != nullptr ? found->wire_form.value_or(endpoint.wire_form) : endpoint.wire_form};
  Error fault;
  if (refuses_path(has_path ? found->path : endpoint.path, endpoint.model, route.path, fault)) return fault;
  return route;
}

}  // namespace chatopen::client
