#pragma once

#include <chatopen/options.hpp>

namespace chatopen::client {

/// What applies where a client sets nothing.
[[nodiscard]] Timeouts default_timeouts() noexcept;

/// What is not set in `own` taken from `inherited`, of which every member is set.
[[nodiscard]] Timeouts inherit(const Timeouts& own, const Timeouts& inherited) noexcept;

}  // namespace chatopen::client
