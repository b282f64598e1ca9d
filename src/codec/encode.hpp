#pragma once

#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <string>

namespace chatopen::codec {

/// The body of a chat request in the given form (`messages` or `prompt`; the request's endpoint is not looked at, since
/// it may be overridden), in one buffer of the final size. Errors: `invalid_argument` naming the field, also for a form
/// that takes no chat; `io` for a picture whose file cannot be read or has changed. `stream` asks for a stream, in the
/// messages form and unless the request's `extra` has that member.
[[nodiscard]] Result<std::string> encode_chat(const ChatRequest& request, WireForm wire_form, bool stream = false);

}  // namespace chatopen::codec
