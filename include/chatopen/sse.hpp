#pragma once

/// @file
/// `SseParser`: the events of an event stream (`text/event-stream`) of any origin, by the WHATWG rules and in any
/// chunking.
///
/// @code
/// chatopen::SseParser parser;
/// const bool within_cap = parser.feed(bytes, [](const chatopen::SseEvent& event) { use(event.data); });
/// const bool cut = parser.finish();
/// @endcode

#include <chatopen/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen {

/// One event. Its views are valid only inside the callback. Bytes are passed on as they came: nothing makes sure that
/// they are UTF-8.
struct SseEvent {
  /// `message` when the event names none.
  std::string_view type = {};
  /// The event's `data` lines, joined by line feeds.
  std::string_view data = {};
  /// The last `id` that came in this event or before it; empty when none did.
  std::string_view id = {};
  /// The last `retry` that came since the event before: how long to wait before connecting again. What is too large for
  /// the type is its largest value.
  std::optional<std::chrono::milliseconds> retry = {};
};

/// The cap on an event unless the caller names another: 128 MiB.
inline constexpr std::size_t default_max_event_bytes = std::size_t{128} * 1024 * 1024;

/// Cuts bytes into events as soon as the last byte of each is there, in linear time whatever the chunking. An event
/// that lies whole in one chunk is not copied unless it has several `data` lines. With a cap of C bytes the buffers
/// never touch more than C + 1 MiB of memory, also while they grow, and keep at most 2 MiB between events. A moved-from
/// parser may only be assigned to or destroyed. Not thread-safe.
class CHATOPEN_EXPORT SseParser {
 public:
  /// The cap counts the bytes of an event's lines of whatever field, without their ends and without comments. A type or
  /// an id of more than 256 KiB is beyond every cap.
  explicit SseParser(std::size_t max_event_bytes = default_max_event_bytes) noexcept
      : max_event_bytes_(max_event_bytes) {}

  /// Takes the next bytes of the stream and calls `on_event(event)` for each event that they complete. False once an
  /// event exceeded the cap: that event is dropped, and nothing more is taken until `finish`.
  ///
  /// What the callback throws comes out of here, as does `std::bad_alloc` of the parser's own; the parser has then
  /// stopped as if the cap had been exceeded, since the rest of the bytes is lost. The callback must not use the
  /// parser.
  template <typename OnEvent>
  requires requires(OnEvent& on_event, const SseEvent& event) { on_event(event); }
  bool feed(std::string_view bytes, OnEvent&& on_event) {
    // A pointer to the pointer, since one to a function does not convert to void*.
    auto* callback = &on_event;
    return feed_bytes(bytes, &callback, [](void* context, const SseEvent& event) {
      static_cast<void>((**static_cast<decltype(&callback)>(context))(event));
    });
  }

  /// The stream's end, whether it ended or broke: drops what was not completed by an empty line, and makes the parser
  /// as new, ready for another stream. True when something was dropped, be it an unfinished line (comments aside), or
  /// if `feed` had stopped.
  bool finish() noexcept;

 private:
  class Chunk;
  using Dispatch = void (*)(void* context, const SseEvent& event);

  struct State {
    std::size_t event_bytes = 0;  // of the event's complete lines
    std::size_t data_bytes = 0;   // how much of the buffer is data; the rest is a line whose end has not come yet
    std::optional<std::chrono::milliseconds> retry = {};
    std::uint8_t mark_bytes = 0;  // how much of a byte order mark has come; all of it once it cannot come any more
    bool has_data = false;
    bool after_cr = false;  // a line feed that comes next belongs to the line end before
    bool in_comment = false;
    bool stopped = false;
  };

  bool feed_bytes(std::string_view bytes, void* context, Dispatch dispatch);

  std::size_t max_event_bytes_;
  State state_;
  // Data and line share a buffer, so that what the cap bounds is the memory of both together.
  std::string buffer_;
  std::string type_;
  std::string id_;
};

}  // namespace chatopen
