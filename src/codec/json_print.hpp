#pragma once

#include "codec/json_document.hpp"

#include <string>

namespace chatopen::codec {

/// The value as compact JSON text.
[[nodiscard]] std::string print_json(Json value);

}  // namespace chatopen::codec
