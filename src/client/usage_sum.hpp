#pragma once

#include <chatopen/reply.hpp>

#include <optional>

namespace chatopen::client {

/// Adds what a call cost to what others did.
void add_usage(std::optional<Usage>& sum, const std::optional<Usage>& more) noexcept;

}  // namespace chatopen::client
