#pragma once

#include <string>
#include <string_view>

namespace chatopen::codec {

/// What escapes of surrogate halves become.
enum class Halves {
  /// Those that are alone become U+FFFD.
  replaced,
  /// Each becomes a mark (surrogate_halves.hpp), also those of a pair.
  marked,
};

/// The text with its surrogate escapes as told, and numbers that may not fit into 64 bits as strings. Changes nothing
/// else, so that what is not JSON does not become JSON.
[[nodiscard]] std::string repair_json(std::string_view json, Halves halves);

}  // namespace chatopen::codec
