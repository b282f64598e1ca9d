#pragma once

#include "codec/json_document.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// The members that a reply, its `data`, or its `error` may have and that mean something here. `null` counts as absent;
/// of duplicates the last counts, as in `nlohmann::json`, so that `raw()` reads the same.
struct Members {
  std::optional<Json> answer;
  std::optional<Json> choices;
  std::optional<Json> code;
  std::optional<Json> data;
  std::optional<Json> error;
  std::optional<Json> error_message;
  std::optional<Json> id;
  std::optional<Json> message;
  std::optional<Json> model;
  std::optional<Json> msg;
  std::optional<Json> type;
  std::optional<Json> usage;
};

/// All absent when the value is absent or no object.
[[nodiscard]] Members members_of(const std::optional<Json>& value);

/// One member of an object, in the same way.
[[nodiscard]] std::optional<Json> member_of(const std::optional<Json>& value, std::string_view name);

/// Empty when the value is absent or no string.
[[nodiscard]] std::optional<std::string_view> string_of(const std::optional<Json>& value);

/// The string, or the empty one. Valid as long as the document.
[[nodiscard]] std::string_view text_of(const std::optional<Json>& value);

/// A whole number, also when it is written with a point or an exponent.
[[nodiscard]] std::optional<std::int64_t> integer_of(Json value);

/// A whole number that is not negative, also as a string, since some servers write it so.
[[nodiscard]] std::optional<std::int64_t> count_of(const std::optional<Json>& value);

}  // namespace chatopen::codec
