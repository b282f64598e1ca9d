#include "codec/field_check.hpp"

#include "base/ascii.hpp"
#include "base/refusal.hpp"
#include "codec/json_text.hpp"
#include "codec/utf8.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace chatopen::codec {
namespace {

Result<std::vector<std::string>> names_of(std::string_view field, std::string_view json, Error& fault) {
  Result<std::vector<std::string>> names = member_names(json);
  if (!names) {
    fault = names.error();
    fault.message.insert(0, " ");
    fault.message.insert(0, field);
  }
  return names;
}

}  // namespace

bool refuse(Error& fault, std::initializer_list<std::string_view> message, std::string_view detail) {
  return base::refuse(fault, ErrorKind::invalid_argument, message, {detail});
}

bool within(Error& fault, std::string_view list, std::size_t index, std::string_view separator) {
  const Error inner = std::move(fault);
  return refuse(fault, {list, "[", std::to_string(index), "]", separator, inner.message}, inner.detail);
}

bool refuses_text(std::string_view field, std::string_view text, Error& fault) {
  if (is_utf8(text)) return false;
  return refuse(fault, {field, " is not valid UTF-8"}, "convert it, or replace what is broken, before sending");
}

bool refuses_object(std::string_view field, std::string_view json, Error& fault) {
  return !json.empty() && !names_of(field, json, fault);
}

bool has_web_scheme(std::string_view url) noexcept {
  const std::string_view scheme = url.substr(0, url.find(':'));
  if (!base::equal_ignoring_case(scheme, "https") && !base::equal_ignoring_case(scheme, "http")) return false;
  const std::string_view rest = url.substr(scheme.size());
  return rest.size() > 3 && rest.starts_with("://") && rest[3] != '/';
}

bool has_picture_scheme(std::string_view url) noexcept {
  constexpr std::string_view data = "data:";
  if (base::equal_ignoring_case(url.substr(0, data.size()), data)) return url.size() > data.size();
  return has_web_scheme(url);
}

bool refuses_picture(std::string_view field, const ImagePart& picture, Error& fault) {
  if (picture.source() != ImagePart::Source::url) return false;
  const std::string& url = picture.location();
  if (refuses_text(field, url, fault)) return true;
  if (!has_picture_scheme(url)) {
    return refuse(fault, {field, " is no http, https or data URL"},
                  "send a local picture with image_file() or image_bytes()");
  }
  if (base::has_character(url, base::is_control)) {
    return refuse(fault, {field, " has a control character"}, "look for a stray line break");
  }
  return false;
}

bool refuses_extra(const std::string& extra, std::span<const std::string_view> taken, Error& fault) {
  const Result<std::vector<std::string>> names = names_of("extra", extra, fault);
  if (!names) return true;
  std::set<std::string_view> seen;
  for (const std::string& name : *names) {
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
      return refuse(fault, {"extra has the member \"", name, "\", which the request sets itself"});
    }
    if (!seen.insert(name).second) return refuse(fault, {"extra has the member \"", name, "\" twice"});
  }
  return false;
}

}  // namespace chatopen::codec
