#pragma once

#include <string>
#include <string_view>

namespace chatopen::codec {

/// The text with lone surrogate escapes written as `\ufffd`, and numbers that may not fit into 64 bits as strings.
/// Changes nothing else, so that what is not JSON does not become JSON.
[[nodiscard]] std::string repair_json(std::string_view json);

}  // namespace chatopen::codec
