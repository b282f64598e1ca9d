#include "progress.hpp"

#include "console.hpp"
#include "duration.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace chatopen::program {
namespace {

using std::chrono::steady_clock;

std::string one_decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", number);
  return text;
}

std::string amount(double number, Unit unit) {
  if (unit == Unit::lines) return std::to_string(static_cast<std::uint64_t>(number));
  constexpr const char* names[] = {" B", " KiB", " MiB", " GiB", " TiB"};
  std::size_t name = 0;
  for (; number >= 1024 && name + 1 < std::size(names); ++name) number /= 1024;
  return (name == 0 ? std::to_string(static_cast<std::uint64_t>(number)) : one_decimal(number)) + names[name];
}

std::string bar(double fraction, int columns) {
  const int inner = columns - 2;
  const int full = std::clamp(static_cast<int>(fraction * inner), 0, inner);
  std::string text = "[";
  text.append(static_cast<std::size_t>(full), '#');
  text.append(static_cast<std::size_t>(inner - full), '.');
  return text + "]";
}

}  // namespace

std::string progress_line(const ProgressState& state, Unit unit, int columns) {
  const double seconds = std::chrono::duration<double>(state.elapsed).count();
  const double rate = seconds > 0 ? static_cast<double>(state.done) / seconds : 0;
  std::string left = amount(static_cast<double>(state.position), unit);
  std::string right = "  " + (unit == Unit::lines ? one_decimal(rate) : amount(rate, unit)) + "/s";
  if (!state.total) {
    right += "  " + clock_face(std::chrono::duration_cast<std::chrono::seconds>(state.elapsed));
  } else {
    const std::uint64_t remaining = *state.total - std::min(state.position, *state.total);
    left += " of " + amount(static_cast<double>(*state.total), unit);
    if (remaining > 0 && rate > 0) {
      const auto seconds_left = std::llround(static_cast<double>(remaining) / rate);
      right += "  " + clock_face(std::chrono::seconds(seconds_left)) + " left";
    }
  }
  if (state.failed > 0) right += "  " + std::to_string(state.failed) + " failed";
  std::string line = left + right;
  const int room = columns - 1 - static_cast<int>(line.size()) - 2;
  if (state.total && *state.total > 0 && room >= 12) {
    const double fraction =
        static_cast<double>(std::min(state.position, *state.total)) / static_cast<double>(*state.total);
    line = left + "  " + bar(fraction, std::min(room, 40)) + right;
  }
  return line.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
}

Progress::Progress(Output& output, Unit unit)
    : output_(output), unit_(unit), visible_(output.is_terminal()), begun_(steady_clock::now()), last_(begun_) {}

Progress::~Progress() {
  clear();
}

steady_clock::duration Progress::elapsed() const {
  return steady_clock::now() - begun_;
}

void Progress::update(ProgressState state) {
  const auto now = steady_clock::now();
  const bool complete = state.total && state.position >= *state.total;
  if (!visible_ || (drawn_ && !complete && now - last_ < std::chrono::milliseconds(100))) return;
  last_ = now;
  state.elapsed = now - begun_;
  std::string line = "\r";
  line.append(progress_line(state, unit_, output_.columns())).append("\x1b[K");
  output_.write(line);
  drawn_ = true;
}

void Progress::clear() {
  if (drawn_) output_.write("\r\x1b[K");
  drawn_ = false;
}

}  // namespace chatopen::program
