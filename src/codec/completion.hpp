#pragma once

#include "codec/json_members.hpp"

#include <chatopen/reply.hpp>

#include <optional>
#include <string>

namespace chatopen::codec {

// What a whole reply and a piece of a stream have in common.

/// Where the members of a `chat.completion` are: in the reply itself, or in the `data` of its envelope.
[[nodiscard]] const Members& completion_of(const Members& root, const Members& data) noexcept;

/// Appends a string, or the texts of a list of parts; parts of other types have no text.
void append_content(const std::optional<Json>& content, std::string& text);

/// Appends what a tool call, or a piece of one, says. False when it has no `function`.
bool append_tool_call(const std::optional<Json>& call, std::string& id, std::string& name, std::string& arguments);

/// Empty when nothing was counted.
[[nodiscard]] std::optional<Usage> usage_of(const std::optional<Json>& value);

}  // namespace chatopen::codec
