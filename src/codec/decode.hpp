#pragma once

#include "base/redact.hpp"

#include <chatopen/error.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <string_view>

namespace chatopen::codec {

/// A complete body that came with a success status → reply, or the error that the envelope carries (`http_status` as
/// given). The body becomes `Fields::raw`, and is not copied but may grow its capacity for the parser's padding; only
/// with an error it is left as it was.
/// Errors: `protocol` for what is not one JSON document; the kinds of envelope codes and `error` members.
[[nodiscard]] Result<ChatReply::Fields> decode_chat(int http_status, std::string&& body,
                                                    const base::Redactor& redactor);

/// The body of an error status, in any of the shapes of the wire protocol (also HTML, empty, cut) → error.
[[nodiscard]] Error decode_error(int http_status, std::string_view body, const base::Redactor& redactor);

}  // namespace chatopen::codec
