#pragma once

#include <chatopen/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::codec {

/// Checks that the text is one JSON object, and lists the names of its members, unescaped, in order, with duplicates.
/// Errors: `invalid_argument`, whose message goes on after the name of the field, such as "is not valid JSON".
[[nodiscard]] Result<std::vector<std::string>> member_names(std::string_view json);

/// What stands between the braces of a checked object; empty when it has no members.
[[nodiscard]] std::string_view members_text(std::string_view json) noexcept;

/// Whether the text is meant as a JSON object: it begins with a brace.
[[nodiscard]] bool looks_like_object(std::string_view json) noexcept;

}  // namespace chatopen::codec
