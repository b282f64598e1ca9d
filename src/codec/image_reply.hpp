#pragma once

#include "base/redact.hpp"

#include <chatopen/image.hpp>
#include <chatopen/result.hpp>

#include <string>

namespace chatopen::codec {

/// A complete body that came with a success status → the pictures, or the error that the envelope carries. The body
/// becomes `ImageReply::raw`, as in `decode_chat`; only with an error it is left as it was.
/// Errors: as `decode_chat`, and `protocol` naming what is missing for a success without pictures.
[[nodiscard]] Result<ImageReply> decode_image(int http_status, std::string&& body, const base::Redactor& redactor);

}  // namespace chatopen::codec
