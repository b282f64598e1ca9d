#pragma once

#include "sandbox/exchange.hpp"
#include "sandbox/reply_directives.hpp"

#include <cstddef>
#include <string>

namespace chatopen::sandbox {

/// The answer that the directives ask for. `text` is what the model says; `request_bytes` is what usage counts.
[[nodiscard]] Answer make_answer(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                                 std::size_t request_bytes);

/// `{"code":"404","msg":…,"data":null}` with that status.
[[nodiscard]] Answer make_refusal(const Refusal& refusal);

}  // namespace chatopen::sandbox
