#pragma once

#include <functional>

namespace integration {

/// Runs the function in a child process, which has one thread, and returns the status that it ends with; -1 when it
/// hung or was killed.
[[nodiscard]] int status_of_child(const std::function<int()>& function);

}  // namespace integration
