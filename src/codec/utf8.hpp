#pragma once

#include <string_view>

namespace chatopen::codec {

/// Whether the text is valid UTF-8, as everything that is sent must be.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace chatopen::codec
