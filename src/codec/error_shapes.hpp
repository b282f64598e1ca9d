#pragma once

#include "base/redact.hpp"
#include "codec/json_members.hpp"

#include <chatopen/error.hpp>

#include <optional>
#include <string_view>

namespace chatopen::codec {

/// Whether the body of a success status carries an error: an envelope whose code is not 200, or an `error` member of
/// the root or of its `data`.
[[nodiscard]] bool carries_error(const Members& root, const Members& data);

/// That error. Empty when the body carries none.
[[nodiscard]] std::optional<Error> carried_error(int http_status, const Members& root, const Members& data,
                                                 std::string_view body, const base::Redactor& redactor);

/// A body of a success status, or a part of it, that is no JSON document. `subject` begins the message: "the reply".
[[nodiscard]] Error unreadable(int http_status, simdjson::error_code why, std::string_view subject,
                               std::string_view body, const base::Redactor& redactor);

}  // namespace chatopen::codec
