#include "testing/cassette_redactor.hpp"

#include "base/ascii.hpp"
#include "base/redact.hpp"
#include "testing/cassette.hpp"
#include "testing/json_scan.hpp"
#include "testing/url_queries.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::testing {
namespace {

// JSON in strings in strings.
constexpr int max_depth = 3;
constexpr std::size_t max_value_depth = 100;

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& name) { return wanted == "*" || wanted == name; });
}

}  // namespace

CassetteRedactor::CassetteRedactor(RecordingOptions options) : options_(std::move(options)) {
  for (const std::string& member : options_.redact_members) {
    if (member.starts_with('/')) pointers_.push_back(path_of_pointer(member));
  }
}

bool CassetteRedactor::keeps(const std::string& header) const {
  const auto is_it = [&header](const std::string& each) { return base::equal_ignoring_case(each, header); };
  return base::is_loggable_header(header) ||
         std::any_of(options_.keep_headers.begin(), options_.keep_headers.end(), is_it);
}

bool CassetteRedactor::keeps_parameter(const std::string& name) const {
  const auto& kept = options_.keep_parameters;
  return std::find(kept.begin(), kept.end(), name) != kept.end();
}

void CassetteRedactor::learn(const std::vector<HttpHeader>& request_headers) {
  for (const HttpHeader& header : request_headers) {
    if (keeps(header.name)) continue;
    add_secret(header.value);
    // `Authorization: Bearer x`: a body has the token without its scheme.
    const std::size_t space = header.value.find(' ');
    const bool has_scheme = base::equal_ignoring_case(header.name, "authorization") ||
                            base::equal_ignoring_case(header.name, "proxy-authorization");
    if (has_scheme && space != std::string::npos) add_secret(header.value.substr(space + 1));
  }
}

void CassetteRedactor::add_secret(std::string secret) {
  if (secret == redacted) return;
  if (std::find(secrets_.begin(), secrets_.end(), secret) == secrets_.end()) secrets_.push_back(std::move(secret));
}

void CassetteRedactor::learn_texts(const Json& value) {
  if (value.is_string()) add_secret(value.get<std::string>());
  if (!value.is_structured()) return;
  for (const Json& each : value) learn_texts(each);
}

void CassetteRedactor::learn_value(std::string_view json) {
  if (json_depth(json) > max_value_depth) return;
  const Json value = Json::parse(json, nullptr, false);
  // A string that was cut is no JSON.
  if (value.is_discarded() && json.starts_with('"')) return add_secret(std::string(json.substr(1)));
  learn_texts(value);
}

std::vector<HttpHeader> CassetteRedactor::headers(std::vector<HttpHeader> headers) const {
  for (HttpHeader& header : headers) {
    header.value = keeps(header.name) ? text(header.value) : std::string(redacted);
    // A boundary is chosen anew for each request.
    constexpr std::string_view form = "multipart/form-data";
    if (header.value.starts_with(form)) header.value = form;
  }
  return headers;
}

std::string CassetteRedactor::url(std::string_view url) const {
  std::string shown = text(base::loggable_url(url));
  url = url.substr(0, url.find('#'));
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return shown;
  char separator = '?';
  for (std::string_view rest = url.substr(query); !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view each = rest.substr(0, rest.find('&'));
    rest.remove_prefix(each.size());
    const std::string name(each.substr(0, each.find('=')));
    shown.append(1, std::exchange(separator, '&'));
    if (keeps_parameter(name) || name.size() == each.size()) {
      shown += text(each);
    } else {
      shown.append(text(name)).append("=").append(redacted);
    }
  }
  return shown;
}

std::string CassetteRedactor::text(std::string_view text) const {
  ChunkedText whole;
  whole.append(text);
  hide_secrets(whole);
  return whole.text;
}

void CassetteRedactor::hide_in(ChunkedText& body) {
  hide_members(body, 0);
  hide_queries(body);
  hide_numbers(body);
  hide_secrets(body);
}

void CassetteRedactor::hide_in(Json& value) const {
  if (value.is_string()) {
    ChunkedText whole;
    whole.append(value.get_ref<const std::string&>());
    hide_queries(whole);
    hide_secrets(whole);
    value = std::move(whole.text);
  } else if (value.is_structured()) {
    for (Json& each : value) hide_in(each);
  } else if (!value.is_null() && has_secret(to_line(value))) {
    value = redacted;
  }
}

void CassetteRedactor::hide_in_form(Json& parts) {
  for (Json& part : parts) {
    const auto name = part.find("name");
    if (name == part.end() || !hides(name->get_ptr<const std::string*>(), {})) continue;
    learn_texts(part["content"]);
    part["content"] = redacted;
  }
  hide_in(parts);
}

bool CassetteRedactor::hides(const std::string* name, const std::vector<std::string>& path) const {
  const auto& names = options_.redact_members;
  if (name != nullptr && std::find(names.begin(), names.end(), *name) != names.end()) return true;
  return std::any_of(pointers_.begin(), pointers_.end(), [&](const auto& each) { return matches(each, path); });
}

void CassetteRedactor::hide_members(ChunkedText& body, int depth) {
  if (options_.redact_members.empty()) return;
  std::vector<TextEdit> edits;
  JsonScan scan(body.text);
  while (scan.next()) {
    if (hides(scan.name(), pointers_.empty() ? std::vector<std::string>() : scan.path())) {
      learn_value(std::string_view(body.text).substr(scan.begin(), scan.end() - scan.begin()));
      edits.push_back({scan.begin(), scan.end(), '"' + std::string(redacted) + '"'});
      scan.skip();
    } else if (depth < max_depth && body.text[scan.begin()] == '"') {
      const std::string_view string = std::string_view(body.text).substr(scan.begin(), scan.end() - scan.begin());
      if (std::string hidden = hidden_within(string, depth); !hidden.empty()) {
        edits.push_back({scan.begin(), scan.end(), std::move(hidden)});
      }
    }
  }
  body.apply(edits);
}

// The string with the members hidden in the JSON that it holds; empty when there is nothing to hide.
std::string CassetteRedactor::hidden_within(std::string_view string, int depth) {
  if (string.find_first_of("{[") == std::string_view::npos) return {};
  Json decoded = Json::parse(string, nullptr, false);
  // What was cut has no end.
  if (decoded.is_discarded()) decoded = Json::parse(std::string(string) + '"', nullptr, false);
  if (!decoded.is_string()) return {};
  const auto& text = decoded.get_ref<const std::string&>();
  ChunkedText within;
  within.append(text);
  hide_members(within, depth + 1);
  return within.text == text ? std::string() : to_line(within.text);
}

// Behind a signed URL lies what only its owner may fetch.
void CassetteRedactor::hide_queries(ChunkedText& body) const {
  std::vector<TextEdit> edits;
  for (const QueryParameter& each : query_parameters(body.text)) {
    if (!keeps_parameter(each.name)) edits.push_back({each.begin, each.end, std::string(redacted)});
  }
  body.apply(edits);
}

// Numbers and words become strings: with the mark as it is, JSON would be none any more.
void CassetteRedactor::hide_numbers(ChunkedText& body) const {
  if (secrets_.empty()) return;
  std::vector<TextEdit> edits;
  JsonScan scan(body.text);
  while (scan.next()) {
    const char first = body.text[scan.begin()];
    if (first == '"' || first == '{' || first == '[') continue;
    const std::size_t end = scan.end();
    if (!has_secret(std::string_view(body.text).substr(scan.begin(), end - scan.begin()))) continue;
    edits.push_back({scan.begin(), end, '"' + std::string(redacted) + '"'});
  }
  body.apply(edits);
}

bool CassetteRedactor::has_secret(std::string_view text) const {
  const base::Redactor redactor(std::vector<std::string_view>(secrets_.begin(), secrets_.end()));
  return redactor.find(text, 0).size != 0;
}

void CassetteRedactor::hide_secrets(ChunkedText& body) const {
  if (secrets_.empty()) return;
  const base::Redactor redactor(std::vector<std::string_view>(secrets_.begin(), secrets_.end()));
  std::vector<TextEdit> edits;
  for (std::size_t at = 0; at < body.text.size();) {
    const base::SecretPlace place = redactor.find(body.text, at);
    if (place.size == 0) break;
    edits.push_back({place.begin, place.begin + place.size, std::string(redacted)});
    at = place.begin + place.size;
  }
  body.apply(edits);
}

}  // namespace chatopen::testing
