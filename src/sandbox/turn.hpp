#pragma once

#include "sandbox/json_body.hpp"
#include "sandbox/reply_directives.hpp"

namespace chatopen::sandbox {

/// Settles what the directives leave to the conversation so far, which a checked body holds: what is said at this turn,
/// and whether tools are still to be called, or were.
void take_turn(ReplyDirectives& directives, const Json& body);

}  // namespace chatopen::sandbox
