#include "testing/comparable_body.hpp"

#include "base/ascii.hpp"
#include "codec/base64.hpp"
#include "codec/base64_decode.hpp"
#include "testing/sha256.hpp"

#include <optional>

namespace chatopen::testing {
namespace {

// The value of a parameter such as `boundary` in `multipart/form-data; boundary=x`; empty when it is absent.
std::string parameter(std::string_view header, std::string_view name) {
  for (std::size_t at = header.find(';'); at != std::string_view::npos; at = header.find(';', at + 1)) {
    std::string_view rest = base::trim(header.substr(at + 1));
    if (!base::equal_ignoring_case(rest.substr(0, name.size()), name) || rest.substr(name.size(), 1) != "=") continue;
    rest.remove_prefix(name.size() + 1);
    if (!rest.starts_with('"')) return std::string(base::trim(rest.substr(0, rest.find(';'))));
    rest.remove_prefix(1);
    return std::string(rest.substr(0, rest.find('"')));
  }
  return {};
}

std::string digest(std::string_view bytes) {
  return "[" + std::to_string(bytes.size()) + " bytes, sha256 " + sha256(bytes) + "]";
}

Json part_of_form(std::string_view head, std::string_view content) {
  Json part = Json::object();
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = base::trim(line.substr(std::min(colon + 1, line.size())));
    if (base::equal_ignoring_case(name, "content-disposition")) {
      for (const char* const each : {"name", "filename"}) {
        if (std::string found = parameter(value, each); !found.empty()) part[each] = std::move(found);
      }
    } else if (base::equal_ignoring_case(name, "content-type")) {
      part["content_type"] = std::string(value);
    }
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  constexpr std::size_t longest_text = 256;
  const bool is_text = !part.contains("filename") && content.size() <= longest_text && is_utf8(content);
  part["content"] = is_text ? std::string(content) : digest(content);
  return part;
}

// The parts of a form (RFC 7578); none when the body is no such form.
std::optional<Json> parts_of_form(std::string_view body, const std::string& boundary) {
  const std::string delimiter = "--" + boundary;
  Json parts = Json::array();
  if (boundary.empty() || !body.starts_with(delimiter)) return std::nullopt;
  body.remove_prefix(delimiter.size());
  while (!body.starts_with("--")) {
    const std::size_t head_end = body.find("\r\n\r\n");
    if (!body.starts_with("\r\n") || head_end == std::string_view::npos) return std::nullopt;
    const std::size_t end = body.find("\r\n" + delimiter, head_end);
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t content = head_end + 4;
    if (end < content) return std::nullopt;
    parts.push_back(part_of_form(body.substr(2, head_end - 2), body.substr(content, end - content)));
    body.remove_prefix(end + 2 + delimiter.size());
  }
  return std::optional(std::move(parts));
}

}  // namespace

Json comparable_body(std::string_view body, std::string_view content_type) {
  if (body.empty()) return nullptr;
  if (is_form(content_type)) {
    if (auto parts = parts_of_form(body, parameter(content_type, "boundary")))
      return {{"multipart", std::move(*parts)}};
  }
  if (auto json = parse_json(body)) return {{"json", std::move(*json)}};
  if (is_utf8(body)) return {{"text", std::string(body)}};
  return {{"base64", codec::base64_encode(body)}};
}

bool is_form(std::string_view content_type) noexcept {
  constexpr std::string_view form = "multipart/form-data";
  return base::equal_ignoring_case(content_type.substr(0, form.size()), form);
}

void elide_data_urls(Json& value, std::size_t longest) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    if (longest != 0 && text.size() > longest) text = elided(text);
  } else if (value.is_structured()) {
    for (Json& each : value) elide_data_urls(each, longest);
  }
}

std::string elided(const std::string& text) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view longest_head =
      "data:application/vnd.openxmlformats-officedocument.presentationml.slideshow";
  const std::size_t comma = text.find(',');
  if (!text.starts_with(scheme) || comma == std::string::npos || comma > longest_head.size() * 2) return text;
  const std::string_view data = std::string_view(text).substr(comma + 1);
  if (data.starts_with('[') && data.ends_with(']')) return text;
  const auto bytes =
      std::string_view(text).substr(0, comma).ends_with(";base64") ? codec::base64_decode(data) : std::nullopt;
  return text.substr(0, comma + 1) + digest(bytes ? std::string_view(*bytes) : data);
}

std::string body_text(const Json& comparable) {
  if (comparable.is_null()) return {};
  const Json& value = comparable.front();
  return value.is_string() ? value.get<std::string>() : to_line(value);
}

}  // namespace chatopen::testing
