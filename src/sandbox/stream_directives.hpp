#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chatopen::sandbox {

/// How a stream ends that has no `[DONE]`.
enum class StreamCut : std::uint8_t {
  /// With the last chunk, as if it were whole.
  end,
  /// With the connection.
  close,
  /// With a reset of the connection.
  reset,
};

/// The directives of `X-Sandbox-Reply` that only a stream can follow. Pieces are those of the reasoning and the answer.
struct StreamDirectives {
  /// Pieces of the answer; by words when absent.
  std::optional<int> events = {};
  bool split_surrogates = false;
  std::optional<int> heartbeats = {};
  /// Bytes in each write; a write is an event when absent.
  std::optional<int> chunk_bytes = {};
  std::optional<int> pace_ms = {};
  std::optional<int> linger_ms = {};
  // After so many pieces.
  std::optional<int> error_after = {};
  std::optional<int> malformed_after = {};
  /// The end when absent.
  std::optional<int> cut_after = {};
  /// Always there with `cut_after`.
  std::optional<StreamCut> cut = {};
};

/// False when no directive of streams has this name. Throws `Refusal` when the value is wrong.
[[nodiscard]] bool apply_stream_directive(StreamDirectives& directives, std::string_view directive,
                                          std::string_view name, std::string_view value);

/// Fills in what follows from others. Throws `Refusal` when one directive takes the effect of another.
void settle_stream_directives(StreamDirectives& directives);

/// Throws `Refusal` when there are any, for a reply in one piece.
void refuse_stream_directives(const StreamDirectives& directives);

}  // namespace chatopen::sandbox
