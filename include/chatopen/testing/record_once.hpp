#pragma once

/// @file
/// `record_once`: records a cassette the first time, and replays it from then on. Link `chatopen::testing`.

#include <chatopen/testing/recording_transport.hpp>
#include <chatopen/testing/replay_transport.hpp>

#include <memory>
#include <string>

namespace chatopen::testing {

/// A `ReplayTransport` when the cassette exists; otherwise a `RecordingTransport` over `transport`, which writes it
/// when it is destroyed. Delete the file to record it anew. `transport` may be null where recording is not wanted, as
/// in CI: a missing cassette is an error then. Errors: those of `ReplayTransport::open` and
/// `RecordingTransport::create`; `io` for a missing cassette that cannot be recorded.
[[nodiscard]] CHATOPEN_TESTING_EXPORT Result<std::shared_ptr<Transport>> record_once(
    const std::string& cassette, std::shared_ptr<Transport> transport, RecordingOptions recording = {},
    ReplayOptions replay = {});

}  // namespace chatopen::testing
