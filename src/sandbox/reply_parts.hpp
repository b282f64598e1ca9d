#pragma once

#include "sandbox/json_body.hpp"
#include "sandbox/reply_directives.hpp"

#include <cstddef>
#include <string>

namespace chatopen::sandbox {

// What replies in one piece and streams have in common.

/// `{"code":…,"msg":…,"data":{"answer":…}}`, or with `data.errorMessage` when the directives ask for an error.
[[nodiscard]] Json make_envelope(const ReplyDirectives& directives, const std::string& text);

/// Where a file is said to be, in the shape that the directives ask for; or the envelope of an error.
[[nodiscard]] Json make_upload(const ReplyDirectives& directives, const std::string& url);

/// `{"error":{"message":…,"type":…,"code":…}}`
[[nodiscard]] Json make_error_object(const ReplyDirectives& directives);
/// Such as `status 503, as asked for`.
[[nodiscard]] std::string error_message(const ReplyDirectives& directives);

[[nodiscard]] Json make_usage(std::size_t request_bytes, const std::string& text);
/// A call of a reply, by its place there, with all of its members.
[[nodiscard]] Json make_tool_call(const ReplyDirectives& directives, std::size_t place, const std::string& arguments);
/// The arguments of each call: those asked for, or else the text that they stand in for.
[[nodiscard]] std::string tool_arguments(const ReplyDirectives& directives, const std::string& text);
/// The one asked for, or the usual one.
[[nodiscard]] std::string finish_reason(const ReplyDirectives& directives);

}  // namespace chatopen::sandbox
