#pragma once

/// @file
/// Replies as `nlohmann::json`. Opt-in and header-only: the SDK's own interface knows no JSON library.

#include <chatopen/image.hpp>
#include <chatopen/reply.hpp>

#include <nlohmann/json.hpp>

namespace chatopen {

/// The reply's body as it came, parsed. Discarded (`is_discarded()`) when the body is not JSON, which a reply decoded
/// by the SDK never is.
[[nodiscard]] inline nlohmann::json to_json(const ChatReply& reply) {
  return nlohmann::json::parse(reply.raw(), nullptr, /*allow_exceptions=*/false);
}

/// The same for pictures.
[[nodiscard]] inline nlohmann::json to_json(const ImageReply& reply) {
  return nlohmann::json::parse(reply.raw, nullptr, /*allow_exceptions=*/false);
}

}  // namespace chatopen
