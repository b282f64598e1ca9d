#include "codec/decode_upload.hpp"

#include "base/ascii.hpp"
#include "codec/error_shapes.hpp"
#include "codec/field_check.hpp"
#include "codec/json_members.hpp"
#include "codec/json_print.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace chatopen::codec {
namespace {

constexpr std::size_t max_snippet_bytes = 1024;
constexpr std::size_t max_told_bytes = 256;

bool is_absent(const std::optional<Json>& value) {
  return !value || string_of(value) == std::string_view();
}

bool is_web_url(std::string_view url) {
  return has_web_scheme(url) && !base::has_character(url, base::is_control);
}

// Such as `code, msg, data.id`.
std::string names_of_members(Json root) {
  std::string names;
  const auto add = [&names](std::string_view prefix, std::string_view name) {
    names.append(names.empty() ? "" : ", ").append(prefix).append(name);
  };
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return names;
  for (const auto [name, value] : object) {
    simdjson::dom::object inner;
    if (name == "data" && value.get(inner) == simdjson::SUCCESS && inner.begin() != inner.end()) {
      for (const auto [inner_name, ignored] : inner) add("data.", inner_name);
    } else {
      add("", name);
    }
  }
  return names;
}

Error not_understood(int http_status, std::string message, std::string_view detail, std::string_view body,
                     const base::Redactor& redactor) {
  return {.kind = ErrorKind::protocol,
          .http_status = http_status,
          .message = std::move(message),
          .detail = redactor.redact(detail, max_told_bytes),
          .body_snippet = redactor.redact(body, max_snippet_bytes, base::TextEnd::maybe_cut)};
}

Result<std::string> url_in(int http_status, Json root, const std::optional<Json>& data, std::string_view body,
                           const base::Redactor& redactor) {
  const std::pair<std::string_view, std::optional<Json>> places[] = {{"url", member_of(root, "url")},
                                                                     {"data.url", member_of(data, "url")},
                                                                     {"fileUrl", member_of(root, "fileUrl")},
                                                                     {"data.fileUrl", member_of(data, "fileUrl")}};
  for (const auto& [name, value] : places) {
    if (is_absent(value)) continue;
    const std::optional<std::string_view> url = string_of(value);
    if (url && is_web_url(*url)) return std::string(*url);
    const std::string told = url ? std::string(*url) : print_json(*value);
    return not_understood(http_status, "the reply's " + std::string(name) + " is no http or https URL", told, body,
                          redactor);
  }
  const std::string names = names_of_members(root);
  return not_understood(http_status,
                        "the reply has no URL of the file: none of url, data.url, fileUrl and data.fileUrl",
                        names.empty() ? "it has no members" : "it has " + names, body, redactor);
}

}  // namespace

Result<UploadedFile> decode_upload(int http_status, std::string&& body, const base::Redactor& redactor) {
  UploadedFile file;
  {
    const JsonDocument document(body);
    if (document.error() != simdjson::SUCCESS) {
      return unreadable(http_status, document.error(), "the reply", body, redactor);
    }
    if (!document.root().is_object()) {
      return unreadable(http_status, simdjson::INCORRECT_TYPE, "the reply", body, redactor);
    }
    const Members root = members_of(document.root());
    if (auto error = carried_error(http_status, root, members_of(root.data), body, redactor)) return *std::move(error);
    Result<std::string> url = url_in(http_status, document.root(), root.data, body, redactor);
    if (!url) return std::move(url).error();
    file.url = *std::move(url);
  }
  file.raw = std::move(body);
  return file;
}

}  // namespace chatopen::codec
