#include "codec/json_text.hpp"

#include "codec/json_document.hpp"

#include <utility>

namespace chatopen::codec {
namespace {

constexpr std::string_view json_whitespace = " \t\n\r";

Error refused(std::string message, std::string detail) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

Error fault_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::MEMALLOC: return {.kind = ErrorKind::io, .message = "could not be checked: out of memory"};
    case simdjson::UTF8_ERROR: return refused("is not valid UTF-8", {});
    default: return refused("is not valid JSON", simdjson::error_message(code));
  }
}

}  // namespace

bool looks_like_object(std::string_view json) noexcept {
  const std::size_t first = json.find_first_not_of(json_whitespace);
  return first != std::string_view::npos && json[first] == '{';
}

Result<std::vector<std::string>> member_names(std::string_view json) {
  // Also keeps a byte order mark out, which some versions of the parser skip.
  if (!looks_like_object(json)) return refused("is not a JSON object", "expected text such as {\"name\":1}");
  std::string text(json);
  const JsonDocument document(text);
  if (document.error() != simdjson::SUCCESS) return fault_of(document.error());
  simdjson::dom::object object;
  if (const simdjson::error_code code = document.root().get(object)) return fault_of(code);
  std::vector<std::string> names;
  names.reserve(object.size());
  for (const simdjson::dom::key_value_pair member : object) names.emplace_back(member.key);
  return names;
}

std::string_view members_text(std::string_view json) noexcept {
  const std::size_t open = json.find('{');
  const std::size_t close = json.rfind('}');
  const std::string_view members = json.substr(open + 1, close - open - 1);
  return members.find_first_not_of(json_whitespace) == std::string_view::npos ? std::string_view() : members;
}

}  // namespace chatopen::codec
