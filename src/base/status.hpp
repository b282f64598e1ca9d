#pragma once

#include <chatopen/error.hpp>

namespace chatopen::base {

/// The kind of an error status; `api` for a number that is no HTTP error status.
[[nodiscard]] ErrorKind kind_of_status(int status) noexcept;

}  // namespace chatopen::base
