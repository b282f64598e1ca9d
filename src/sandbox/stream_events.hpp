#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/reply_directives.hpp"

#include <cstddef>
#include <string>

namespace chatopen::sandbox {

/// The event stream that the directives ask for. `text` is what the model says; `request_bytes` is what usage counts.
[[nodiscard]] StreamBody make_stream(const ReplyDirectives& directives, const std::string& model,
                                     const std::string& text, std::size_t request_bytes);

}  // namespace chatopen::sandbox
