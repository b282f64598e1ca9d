#pragma once

#include "base/redact.hpp"
#include "codec/json_members.hpp"

#include <chatopen/error.hpp>

#include <optional>
#include <string_view>

namespace chatopen::codec {

/// The error that the body of a success status carries: an envelope whose code is not 200, or an `error` member of the
/// root or of its `data`. Empty when it carries none.
[[nodiscard]] std::optional<Error> carried_error(int http_status, const Members& root, const Members& data,
                                                 std::string_view body, const base::Redactor& redactor);

/// A body of a success status that is no JSON document.
[[nodiscard]] Error unreadable(int http_status, simdjson::error_code why, std::string_view body,
                               const base::Redactor& redactor);

}  // namespace chatopen::codec
