#pragma once

#include <functional>

namespace integration {

/// ThreadSanitizer ends a child that starts a thread.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool under_thread_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

/// Runs the function in a child process, which has one thread, and returns the status that it ends with; -1 when it
/// hung or was killed.
[[nodiscard]] int status_of_child(const std::function<int()>& function);

}  // namespace integration
