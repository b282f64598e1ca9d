#pragma once

#include <chatopen/result.hpp>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::codec {

/// Levels of nesting that are accepted in JSON from files and answers, far more than either has.
inline constexpr std::size_t max_strict_depth = 100;

/// Why the text is not one JSON value, such as "not valid JSON at line 3, column 5"; empty when it is one. Nothing of
/// the text is quoted. In constant memory.
[[nodiscard]] std::optional<std::string> fault_in_json(std::string_view text);

/// The value. Errors: of that kind, with the message of `fault_in_json`.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text, ErrorKind kind);

/// An error whose texts, which may repeat names from outside, are made printable and short.
[[nodiscard]] Error json_fault(ErrorKind kind, std::string_view message, std::string_view detail = {});

}  // namespace chatopen::codec
