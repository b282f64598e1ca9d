#pragma once

#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <memory>

namespace chatopen::transport {

/// What a client uses that was given no transport: a `CurlTransport` with default options. It can start exchanges only
/// once `enable_default_transport_to_start` was called, so that programs that never do need not carry what that takes.
[[nodiscard]] Result<std::shared_ptr<Transport>> make_default_transport();

/// Cheap, and from any thread.
void enable_default_transport_to_start() noexcept;

}  // namespace chatopen::transport
