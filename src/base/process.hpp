#pragma once

namespace chatopen::base {

/// Changes in a child process after `fork`, which has only one of its parent's threads, and copies of all its locks.
[[nodiscard]] unsigned process_generation() noexcept;

}  // namespace chatopen::base
