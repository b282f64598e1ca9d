#pragma once

#include <chatopen/sse.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen {

/// An event that owns its strings.
struct OwnedEvent {
  std::string data = {};
  std::string type = "message";
  std::string id = {};
  std::optional<std::chrono::milliseconds> retry = {};

  OwnedEvent(std::string event_data, std::string event_type = "message", std::string event_id = {},
             std::optional<std::chrono::milliseconds> event_retry = {})
      : data(std::move(event_data)), type(std::move(event_type)), id(std::move(event_id)), retry(event_retry) {}
  explicit OwnedEvent(const SseEvent& event) : data(event.data), type(event.type), id(event.id), retry(event.retry) {}
  bool operator==(const OwnedEvent&) const = default;
};

inline void PrintTo(const OwnedEvent& event, std::ostream* stream) {
  *stream << '{' << ::testing::PrintToString(event.data) << ", type " << ::testing::PrintToString(event.type) << ", id "
          << ::testing::PrintToString(event.id) << ", retry ";
  if (event.retry) {
    *stream << event.retry->count() << '}';
  } else {
    *stream << "none}";
  }
}

/// What came of a stream.
struct Parsed {
  std::vector<OwnedEvent> events = {};
  bool within_cap = true;
  bool cut = false;
};

/// Feeds the stream in chunks of these sizes, and its rest in one more.
inline Parsed parse(std::string_view stream, const std::vector<std::size_t>& sizes,
                    std::size_t cap = default_max_event_bytes) {
  SseParser parser(cap);
  Parsed parsed;
  const auto feed = [&](std::string_view piece) {
    // Memory of its own, gone after the call: so a sanitizer sees what is read beyond it or later.
    const std::vector<char> chunk(piece.begin(), piece.end());
    parsed.within_cap =
        parser.feed({chunk.data(), chunk.size()}, [&](const SseEvent& event) { parsed.events.emplace_back(event); });
  };
  for (const std::size_t size : sizes) {
    feed(stream.substr(0, size));
    stream.remove_prefix(std::min(size, stream.size()));
  }
  feed(stream);
  parsed.cut = parser.finish();
  return parsed;
}

/// The same whatever the chunking: whole, in every split in two and in three, and byte by byte.
inline void expect_parsed(std::string_view stream, const std::vector<OwnedEvent>& events, bool cut,
                          std::size_t cap = default_max_event_bytes, bool within_cap = true) {
  const auto expect = [&](const std::vector<std::size_t>& sizes) {
    const Parsed parsed = parse(stream, sizes, cap);
    EXPECT_EQ(parsed.events, events);
    EXPECT_EQ(parsed.cut, cut);
    EXPECT_EQ(parsed.within_cap, within_cap);
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << ::testing::PrintToString(stream) << " in chunks of " << ::testing::PrintToString(sizes);
    }
    return !::testing::Test::HasFailure();
  };
  if (!expect({}) || !expect(std::vector<std::size_t>(stream.size(), 1))) return;
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = 0; first + second <= stream.size(); ++second) {
      if (!expect({first, second})) return;
    }
  }
}

}  // namespace chatopen
