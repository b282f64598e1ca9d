#include "codec/utf8.hpp"

#include <simdjson.h>

namespace chatopen::codec {

bool is_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text);
}

}  // namespace chatopen::codec
