#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/picture_answer.hpp"
#include "sandbox/picture_directives.hpp"

#include <string>

namespace chatopen::sandbox {

/// The bytes of the picture: a checkerboard as PNG, or a grey plane as JPEG.
[[nodiscard]] std::string draw(const PictureOrder& order);

/// The path of a picture on the server of pictures, which needs nothing else to draw it.
[[nodiscard]] std::string picture_path(const PictureOrder& order, PictureDelivery delivery);

/// What that server answers. It knows no credentials, and refuses a download that carries some.
[[nodiscard]] Answer serve_picture(const Incoming& request);

}  // namespace chatopen::sandbox
