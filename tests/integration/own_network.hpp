#pragma once

namespace integration {

/// Skips, or with `CHATOPEN_REQUIRE_NETNS` fails, the running test unless the program is in namespaces of its own,
/// which it enters before its first test: see `enter_network_namespace`.
void require_own_network();

}  // namespace integration
