#include "testing/json.hpp"

#include "testing/json_scan.hpp"

#include <utility>

namespace chatopen::testing {

std::optional<Json> parse_json(std::string_view text) {
  // Printing, comparing and destroying a value call themselves for every level.
  constexpr std::size_t deepest = 100;
  if (json_depth(text) > deepest) return std::nullopt;
  Json value = Json::parse(text, nullptr, false);
  if (!value.is_structured()) return std::nullopt;
  return std::optional(std::move(value));
}

std::string to_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(Json(text).dump());
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

}  // namespace chatopen::testing
