#pragma once

#include <string>

namespace integration {

/// Moves the calling thread, and every thread that it starts, into network and mount namespaces of their own, with
/// only a loopback device, and a resolver that asks 127.0.0.1. Needs root, or the permission to make user namespaces.
/// Returns what failed; empty on success.
[[nodiscard]] std::string enter_network_namespace();

/// Takes the loopback device of that namespace down, or up again. Connections live on, but nothing arrives meanwhile.
bool set_loopback(bool up);

/// Moves a child process into a mount namespace of its own, where this directory is a file system that holds 256 KiB.
/// Needs what the above needs.
[[nodiscard]] bool mount_little_disk(const std::string& directory);

/// Skips, or with `CHATOPEN_REQUIRE_NETNS` fails, the running test, which lacks a namespace for this reason.
void skip_without_namespace(const std::string& reason);

}  // namespace integration
