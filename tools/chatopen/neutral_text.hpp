#pragma once

#include <string>
#include <string_view>

namespace chatopen::program {

/// What a text of unknown origin is shown as.
enum class Shape {
  text,  ///< Lines; controls become visible pictures such as ␛.
  line,  ///< One line: line breaks become pictures, too.
  json,  ///< JSON, whose controls become escapes, so that it stays the same JSON.
};

/// The text without anything that a terminal obeys: control characters (also those of eight bits), characters that turn
/// the direction of writing, and bytes that are not UTF-8. Tabs stay, and in text a carriage return vanishes.
[[nodiscard]] std::string neutral(std::string_view text, Shape shape);

}  // namespace chatopen::program
