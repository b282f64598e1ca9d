#pragma once

#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <string>

namespace chatopen::codec {

/// The body of a chat request in the form that its endpoint takes (`messages` or `prompt`), in one buffer of the final
/// size. Errors: `invalid_argument` naming the field; `io` for a picture whose file cannot be read or has changed.
[[nodiscard]] Result<std::string> encode_chat(const ChatRequest& request);

}  // namespace chatopen::codec
