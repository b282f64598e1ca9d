#pragma once

#include <string>

namespace integration {

/// Moves the calling thread, and every thread that it starts, into network and mount namespaces of their own, with
/// only a loopback device, and a resolver that asks 127.0.0.1. Needs root, or the permission to make user namespaces.
/// Returns what failed; empty on success.
[[nodiscard]] std::string enter_network_namespace();

/// Takes the loopback device of that namespace down, or up again. Connections live on, but nothing arrives meanwhile.
bool set_loopback(bool up);

}  // namespace integration
