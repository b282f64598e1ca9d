#include "sandbox/upload_form.hpp"

#include "base/ascii.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/json_body.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace chatopen::sandbox {
namespace {

/// A header's value, `word; name=value; name="value"`.
struct Parameters {
  std::string_view word;
  std::map<std::string, std::string> values;
};

// A value in quotes ends at the next one: forms escape a quote as %22.
std::string take_value(std::string_view& rest, const std::string& where) {
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.find(';'), rest.size());
    std::string value(base::trim(rest.substr(0, end)));
    rest.remove_prefix(end);
    return value;
  }
  const auto end = rest.find('"', 1);
  if (end == std::string_view::npos) throw Refusal(where + " has a quote without its end");
  std::string value(rest.substr(1, end - 1));
  rest = base::trim(rest.substr(end + 1));
  return value;
}

Parameters parse_parameters(std::string_view text, const std::string& where) {
  const auto end = std::min(text.find(';'), text.size());
  Parameters parsed{.word = base::trim(text.substr(0, end)), .values = {}};
  std::string_view rest = text.substr(end);
  while (!rest.empty()) {
    if (!rest.starts_with(';')) throw Refusal(where + " has something behind a parameter");
    rest = base::trim(rest.substr(1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) throw Refusal(where + " has a parameter without a value");
    std::string name(base::trim(rest.substr(0, equals)));
    std::transform(name.begin(), name.end(), name.begin(), base::to_lower);
    rest = base::trim(rest.substr(equals + 1));
    if (!parsed.values.emplace(name, take_value(rest, where)).second) {
      throw Refusal(std::string(where).append(" has ").append(name).append(" twice"));
    }
  }
  return parsed;
}

std::string boundary_of(const std::string* content_type) {
  const std::string header = "the header Content-Type";
  if (content_type == nullptr) throw Refusal(header + " is missing; expected multipart/form-data");
  Parameters parsed = parse_parameters(*content_type, header);
  if (!base::equal_ignoring_case(parsed.word, "multipart/form-data")) {
    throw Refusal(header + " is " + in_quotes(*content_type) + "; expected multipart/form-data");
  }
  std::string& boundary = parsed.values["boundary"];
  constexpr std::size_t longest = 70;
  if (boundary.empty() || boundary.size() > longest) {
    throw Refusal(header + " needs a boundary of 1 to " + std::to_string(longest) + " characters");
  }
  return std::move(boundary);
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find("\r\n");
  if (end == std::string_view::npos) throw Refusal("the part's head has no end");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::string check_file_name(const std::string& name) {
  if (name.empty()) throw Refusal("the part named file has no filename");
  if (!is_utf8(name)) throw Refusal("the filename is not UTF-8");
  for (const char c : name) {
    if (base::is_control(c)) throw Refusal("the filename has a control character");
    if (c == '/' || c == '\\') throw Refusal("the filename " + in_quotes(name) + " has a directory");
  }
  for (const std::string_view line_break : {"%0D", "%0d", "%0A", "%0a"}) {
    if (name.find(line_break) != std::string::npos) throw Refusal("the filename has a line break");
  }
  return name;
}

std::string parse_disposition(std::string_view value) {
  const std::string header = "the part's Content-Disposition";
  Parameters parsed = parse_parameters(value, header);
  if (parsed.word != "form-data") throw Refusal(header + " must be form-data");
  const auto name = parsed.values.find("name");
  if (name == parsed.values.end()) throw Refusal(header + " has no name");
  if (name->second != "file") throw Refusal("the part is named " + in_quotes(name->second) + ", not file");
  for (const auto& [each, ignored] : parsed.values) {
    if (each == "name" || each == "filename") continue;
    throw Refusal(std::string(header).append(" has the unknown parameter ").append(each));
  }
  return check_file_name(parsed.values["filename"]);
}

// Up to the empty line. Returns the file's name.
std::string take_head(std::string_view& rest) {
  std::optional<std::string> file_name;
  bool has_type = false;
  while (true) {
    const std::string_view line = take_line(rest);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) throw Refusal("the part has a header line without a colon");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = base::trim(line.substr(colon + 1));
    if (base::equal_ignoring_case(name, "content-disposition")) {
      if (file_name) throw Refusal("the part has Content-Disposition twice");
      file_name = parse_disposition(value);
    } else if (base::equal_ignoring_case(name, "content-type")) {
      if (std::exchange(has_type, true)) throw Refusal("the part has Content-Type twice");
      if (value.find('/') == std::string_view::npos) throw Refusal("the part's Content-Type is no media type");
    } else {
      throw Refusal("the part has the unknown header " + in_quotes(name));
    }
  }
  if (!file_name) throw Refusal("the part has no Content-Disposition");
  return *std::move(file_name);
}

}  // namespace

UploadForm parse_upload_form(const std::string* content_type, std::string_view body, std::uint64_t max_bytes) {
  const std::string delimiter = "--" + boundary_of(content_type);
  if (!body.starts_with(delimiter + "\r\n")) {
    throw Refusal(body.starts_with(delimiter + "--") ? "the form has no part"
                                                     : "the body does not begin with the boundary and a line break");
  }
  body.remove_prefix(delimiter.size() + 2);
  UploadForm form{.file_name = take_head(body), .bytes = {}};
  const auto end = body.find("\r\n" + delimiter);
  if (end == std::string_view::npos) throw Refusal("the form has no end: the boundary does not come again");
  form.bytes = body.substr(0, end);
  const std::string_view rest = body.substr(end + 2 + delimiter.size());
  if (rest.starts_with("\r\n")) throw Refusal("the form has more than one part");
  if (rest != "--\r\n" && rest != "--") throw Refusal("there is something behind the end of the form");
  if (form.bytes.empty()) throw Refusal("the file is empty");
  if (form.bytes.size() > max_bytes) {
    throw Refusal(413, "the file has " + std::to_string(form.bytes.size()) + " bytes; at most " +
                           std::to_string(max_bytes) + " are taken");
  }
  return form;
}

std::string url_of(const UploadForm& form) {
  constexpr std::string_view digits = "0123456789abcdef";
  // FNV-1a.
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : form.bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string url = "https://sandbox.invalid/files/";
  for (int shift = 60; shift >= 0; shift -= 4) url += digits[hash >> shift & 0xf];
  url += '/';
  for (const char c : form.file_name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      url += c;
    } else {
      url.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 0xf]);
    }
  }
  return url;
}

}  // namespace chatopen::sandbox
