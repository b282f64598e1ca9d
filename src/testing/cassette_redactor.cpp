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

// In order, each with what overlaps it. What lies within another goes with that, so that a secret goes as a whole.
std::vector<TextEdit> merged(std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<TextEdit> merged;
  for (TextEdit& each : edits) {
    if (merged.empty() || each.begin > merged.back().end ||
        (each.begin == merged.back().end && each.end > each.begin)) {
      merged.push_back(std::move(each));
    } else if (TextEdit& last = merged.back(); each.end > last.end) {
      last.end = each.end;
      if (each.replacement.size() > last.replacement.size()) last.replacement = std::move(each.replacement);
    }
  }
  return merged;
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
  if (secret == redacted || std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return;
  // As the records before have it, which did not know it.
  ChunkedText as_recorded;
  as_recorded.append(secret);
  as_recorded.apply(merged(queries(secret)));
  if (as_recorded.text != secret && as_recorded.text != redacted) secrets_.push_back(std::move(as_recorded.text));
  secrets_.push_back(std::move(secret));
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
  std::vector<TextEdit> edits = secrets_in(url);
  const std::string_view up_to_path = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = up_to_path.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t user_info = up_to_path.size() - base::loggable_url(url).size();
  if (user_info > 0) edits.push_back({host, host + user_info, ""});
  const std::size_t end = std::min(url.find('#'), url.size());
  for (std::size_t at = std::min(url.find('?'), end); at < end;) {
    ++at;
    const std::string_view each = url.substr(at, std::min(url.find('&', at), end) - at);
    const std::size_t equals = each.find('=');
    if (equals != std::string_view::npos && !keeps_parameter(std::string(each.substr(0, equals)))) {
      edits.push_back({at + equals + 1, at + each.size(), std::string(redacted)});
    }
    at += each.size();
  }
  if (end < url.size()) edits.push_back({end, url.size(), ""});
  ChunkedText whole;
  whole.append(url);
  whole.apply(merged(std::move(edits)));
  return whole.text;
}

std::string CassetteRedactor::text(std::string_view text) const {
  ChunkedText whole;
  whole.append(text);
  whole.apply(secrets_in(text));
  return whole.text;
}

void CassetteRedactor::hide_in(ChunkedText& body) {
  hide_members(body, 0);
  std::vector<TextEdit> edits = numbers(body.text);
  add_values(body.text, edits);
  body.apply(merged(std::move(edits)));
}

void CassetteRedactor::hide_in(Json& value) const {
  if (value.is_string()) {
    ChunkedText whole;
    whole.append(value.get_ref<const std::string&>());
    std::vector<TextEdit> edits;
    add_values(whole.text, edits);
    whole.apply(merged(std::move(edits)));
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

// What stands anywhere in a text. Both are sought in the text as it is: a secret may be a URL, or a part of one.
void CassetteRedactor::add_values(std::string_view text, std::vector<TextEdit>& edits) const {
  for (TextEdit& each : queries(text)) edits.push_back(std::move(each));
  for (TextEdit& each : secrets_in(text)) edits.push_back(std::move(each));
}

// Behind a signed URL lies what only its owner may fetch.
std::vector<TextEdit> CassetteRedactor::queries(std::string_view text) const {
  std::vector<TextEdit> edits;
  for (const QueryParameter& each : query_parameters(text)) {
    if (!keeps_parameter(each.name)) edits.push_back({each.begin, each.end, std::string(redacted)});
  }
  return edits;
}

// Numbers and words become strings: with the mark as it is, JSON would be none any more.
std::vector<TextEdit> CassetteRedactor::numbers(std::string_view text) const {
  std::vector<TextEdit> edits;
  if (secrets_.empty()) return edits;
  JsonScan scan(text);
  while (scan.next()) {
    const char first = text[scan.begin()];
    if (first == '"' || first == '{' || first == '[') continue;
    const std::size_t end = scan.end();
    if (!has_secret(text.substr(scan.begin(), end - scan.begin()))) continue;
    edits.push_back({scan.begin(), end, '"' + std::string(redacted) + '"'});
  }
  return edits;
}

bool CassetteRedactor::has_secret(std::string_view text) const {
  const base::Redactor redactor(std::vector<std::string_view>(secrets_.begin(), secrets_.end()));
  return redactor.find(text, 0).size != 0;
}

std::vector<TextEdit> CassetteRedactor::secrets_in(std::string_view text) const {
  std::vector<TextEdit> edits;
  if (secrets_.empty()) return edits;
  const base::Redactor redactor(std::vector<std::string_view>(secrets_.begin(), secrets_.end()));
  for (std::size_t at = 0; at < text.size();) {
    const base::SecretPlace place = redactor.find(text, at);
    if (place.size == 0) break;
    edits.push_back({place.begin, place.begin + place.size, std::string(redacted)});
    at = place.begin + place.size;
  }
  return edits;
}

}  // namespace chatopen::testing
