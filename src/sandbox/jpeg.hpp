#pragma once

#include <string>

namespace chatopen::sandbox {

/// A grey plane as a baseline JPEG file.
[[nodiscard]] std::string make_jpeg(int width, int height);

}  // namespace chatopen::sandbox
