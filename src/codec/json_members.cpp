#include "codec/json_members.hpp"

#include "base/ascii.hpp"

namespace chatopen::codec {
namespace {

std::optional<Json> Members::*slot_of(std::string_view name) noexcept {
  if (name == "answer") return &Members::answer;
  if (name == "choices") return &Members::choices;
  if (name == "code") return &Members::code;
  if (name == "data") return &Members::data;
  if (name == "error") return &Members::error;
  if (name == "errorMessage") return &Members::error_message;
  if (name == "id") return &Members::id;
  if (name == "message") return &Members::message;
  if (name == "model") return &Members::model;
  if (name == "msg") return &Members::msg;
  if (name == "type") return &Members::type;
  if (name == "usage") return &Members::usage;
  return nullptr;
}

std::optional<Json> unless_null(Json value) {
  return value.is_null() ? std::nullopt : std::optional(value);
}

// Exact: a double holds whole numbers up to 2^53.
std::optional<std::int64_t> whole(double value) noexcept {
  constexpr double limit = 9007199254740992.0;
  if (!(value >= -limit && value <= limit)) return std::nullopt;
  const auto integer = static_cast<std::int64_t>(value);
  return static_cast<double>(integer) == value ? std::optional(integer) : std::nullopt;
}

}  // namespace

Members members_of(const std::optional<Json>& value) {
  Members members;
  simdjson::dom::object object;
  if (!value || value->get(object) != simdjson::SUCCESS) return members;
  for (const auto [name, member] : object) {
    if (const auto slot = slot_of(name)) members.*slot = unless_null(member);
  }
  return members;
}

std::optional<Json> member_of(const std::optional<Json>& value, std::string_view name) {
  std::optional<Json> found;
  simdjson::dom::object object;
  if (!value || value->get(object) != simdjson::SUCCESS) return found;
  for (const auto [each, member] : object) {
    if (each == name) found = unless_null(member);
  }
  return found;
}

std::optional<std::string_view> string_of(const std::optional<Json>& value) {
  std::string_view text;
  if (!value || value->get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::string_view text_of(const std::optional<Json>& value) {
  return string_of(value).value_or(std::string_view());
}

std::optional<std::int64_t> integer_of(Json value) {
  std::int64_t integer = 0;
  if (value.is_int64() && value.get(integer) == simdjson::SUCCESS) return integer;
  double number = 0;
  if (value.is_double() && value.get(number) == simdjson::SUCCESS) return whole(number);
  return std::nullopt;
}

std::optional<std::int64_t> count_of(const std::optional<Json>& value) {
  if (!value) return std::nullopt;
  const std::optional<std::string_view> text = string_of(value);
  const std::optional<std::int64_t> count = text ? base::parse_digits(*text) : integer_of(*value);
  return count && *count >= 0 ? count : std::nullopt;
}

}  // namespace chatopen::codec
