#include "duration.hpp"

#include <charconv>
#include <cstdio>

namespace chatopen::program {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double milliseconds = 0;
  if (unit == "ms") milliseconds = 1;
  if (unit.empty() || unit == "s") milliseconds = 1e3;
  if (unit == "m" || unit == "min") milliseconds = 6e4;
  if (unit == "h") milliseconds = 3.6e6;
  constexpr double longest = 366.0 * 24 * 3.6e6;
  number *= milliseconds;
  if (milliseconds == 0 || !(number >= 0 && number <= longest)) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(number));
}

std::string clock_face(std::chrono::seconds duration) {
  const long long all = duration.count();
  char text[40];
  if (all >= 3600) {
    std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02lld", all / 60, all % 60);
  }
  return text;
}

std::string spelled_out(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  if (count == 0) return "no limit";
  if (count % 60'000 == 0) return std::to_string(count / 60'000) + " min";
  if (count % 1000 == 0) return std::to_string(count / 1000) + " s";
  return std::to_string(count) + " ms";
}

}  // namespace chatopen::program
