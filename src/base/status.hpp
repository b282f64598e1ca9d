#pragma once

#include <chatopen/error.hpp>

#include <string_view>

namespace chatopen::base {

/// The kind of an error status; `api` for a number that is no HTTP error status.
[[nodiscard]] ErrorKind kind_of_status(int status) noexcept;

/// The standard's words for an error status, such as `Bad Gateway`; empty for the rarer ones.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace chatopen::base
