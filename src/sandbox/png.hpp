#pragma once

#include <cstdint>
#include <string>

namespace chatopen::sandbox {

/// A checkerboard of white and this colour (red, green, blue) as a PNG file: two colours, not compressed.
[[nodiscard]] std::string make_png(int width, int height, std::uint32_t colour);

}  // namespace chatopen::sandbox
