#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace chatopen::sandbox {

/// Keeps the members in the order in which they came, so that an answer can repeat them.
using Json = nlohmann::ordered_json;

/// The body as a JSON object. Stricter than a parser must be: a member that comes twice is refused, and nesting deeper
/// than any request needs.
[[nodiscard]] Json parse_object(std::string_view body);

/// Compact text; what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_text(const Json& value);
[[nodiscard]] std::string in_quotes(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

// Checks of one member. `where` names the object in refusals, such as `messages[0].`; it is empty for the body itself.

/// The member, or null when there is none.
[[nodiscard]] const Json* find(const Json& object, std::string_view name);
[[nodiscard]] const std::string& required_string(const Json& object, const std::string& where, std::string_view name);
[[nodiscard]] const Json& required_object(const Json& object, const std::string& where, std::string_view name);
void require_object(const Json& value, const std::string& what);
/// Refuses a member that is not in the list.
void require_only(const Json& object, const std::string& where, std::initializer_list<std::string_view> names);

}  // namespace chatopen::sandbox
