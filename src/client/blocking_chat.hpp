#pragma once

#include "client/prepared_call.hpp"

#include <chatopen/delta.hpp>
#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

namespace chatopen::client {

/// Sends a chat and waits for it. `on_delta` is null for a call without pieces. Throws what that throws.
[[nodiscard]] Result<ChatReply> chat_blocking(Core& core, PreparedCall& prepared,
                                              const detail::DeltaCallback* on_delta);

}  // namespace chatopen::client
