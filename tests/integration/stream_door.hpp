#pragma once

#include "fault_matrix.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace integration {

/// The ways to make a call. What holds of a fault must hold of each that meets it; the last two take no pieces.
enum class Door : std::uint8_t { pushed, pulled, async, whole, whole_async };

std::ostream& operator<<(std::ostream& out, Door door);

/// A call as its caller saw it.
struct Told {
  chatopen::Result<chatopen::ChatReply> reply;
  /// What the deltas add up to; of a call without any, the reply's text.
  std::string text;
  std::size_t deltas = 0;
  /// From the call to its result.
  milliseconds elapsed;
};

/// Asks through the door, and calls `on_delta`, where there is one, with each piece. An error is checked for secrets.
[[nodiscard]] Told tell(Door door, const chatopen::ChatClient& client, const chatopen::CallOptions& call = {},
                        const std::function<void(const chatopen::ChatDelta&)>& on_delta = {});

/// The shortest of at most five runs, of which the first within the bound is the last: what a busy machine has delayed
/// once is not late every time.
template <typename Run>
[[nodiscard]] milliseconds shortest_of_runs(milliseconds bound, Run run) {
  milliseconds shortest = milliseconds::max();
  for (int tried = 0; tried < 5 && shortest > bound; ++tried) shortest = std::min<milliseconds>(shortest, run());
  return shortest;
}

/// An event whose envelope has this text, which must need no escapes.
[[nodiscard]] std::string event_of(std::string_view text);

/// Sends the head of a chunked event stream.
bool begin_stream(Connection& connection);
/// Sends bytes as one chunk.
bool send_chunk(Connection& connection, std::string_view bytes);

inline constexpr std::string_view done_event = "data:[DONE]\n\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// A row that is run through every door, or every one of a stream.
class StreamFaults : public FaultMatrix, public ::testing::WithParamInterface<Door> {
 protected:
  [[nodiscard]] static Told tell(const chatopen::ChatClient& client, const chatopen::CallOptions& call = {},
                                 const std::function<void(const chatopen::ChatDelta&)>& on_delta = {}) {
    return integration::tell(GetParam(), client, call, on_delta);
  }
  /// The error of a stream of which pieces were delivered, so that nothing may be sent again.
  static void expect_broken_off(const Told& told, chatopen::ErrorKind kind, std::string_view text);
};

}  // namespace integration

#define EVERY_STREAM_DOOR(suite)                                                                    \
  INSTANTIATE_TEST_SUITE_P(Door, suite, ::testing::Values(Door::pushed, Door::pulled, Door::async), \
                           [](const auto& each) { return ::testing::PrintToString(each.param); })

#define EVERY_DOOR(suite)                                                                                              \
  INSTANTIATE_TEST_SUITE_P(Door, suite,                                                                                \
                           ::testing::Values(Door::pushed, Door::pulled, Door::async, Door::whole, Door::whole_async), \
                           [](const auto& each) { return ::testing::PrintToString(each.param); })
