#pragma once

#include <chatopen/image.hpp>
#include <chatopen/result.hpp>

#include <string>

namespace chatopen::codec {

/// The body of an order for a picture, in one buffer of the final size. The request's endpoint is not looked at, since
/// it may be overridden: `wire_form` is what it comes to. Errors: `invalid_argument` naming the field, also for another
/// form than `image`; `io` for a reference whose file cannot be read or has changed.
[[nodiscard]] Result<std::string> encode_image(const ImageRequest& request, WireForm wire_form);

}  // namespace chatopen::codec
