#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatopen::program {

/// Such as `500ms`, `30s`, `1.5m`, `2h`, or seconds without a unit; at most a year. Nothing for another text.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Such as `0:07`, `12:34` or `1:02:03`.
[[nodiscard]] std::string clock_face(std::chrono::seconds duration);

/// Such as `500 ms`, `10 s` or `2 min`, whichever is exact.
[[nodiscard]] std::string spelled_out(std::chrono::milliseconds duration);

}  // namespace chatopen::program
