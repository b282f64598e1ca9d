#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace chatopen::testing {

/// Keeps the members in the order in which they came, so that a recorded request reads as it was sent.
using Json = nlohmann::ordered_json;

/// An object or an array; none when the text is anything else, or nested deeper than what calls itself.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);
/// On one line; what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_line(const Json& value);
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace chatopen::testing
