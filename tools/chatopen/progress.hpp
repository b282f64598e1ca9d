#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace chatopen::program {

class Output;

/// How far something is.
struct ProgressState {
  /// Out of `total`, if that is known.
  std::uint64_t position = 0;
  std::optional<std::uint64_t> total = {};
  /// What was done since the beginning, from which the rate follows; not all of the position has to be.
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::chrono::steady_clock::duration elapsed = {};
};

/// What is counted.
enum class Unit { lines, bytes };

/// The state in at most so many columns: count, bar, rate, remaining time, failures.
[[nodiscard]] std::string progress_line(const ProgressState& state, Unit unit, int columns);

/// A line on a terminal that is drawn again as things go on, ten times a second at most. Elsewhere nothing.
class Progress {
 public:
  /// Nothing either where it is not `wanted`.
  Progress(Output& output, Unit unit, bool wanted = true);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  [[nodiscard]] bool visible() const noexcept { return visible_; }
  /// Draws, unless it has just done so; `state.elapsed` is found here.
  void update(ProgressState state);
  /// Takes the line away.
  void clear();
  [[nodiscard]] std::chrono::steady_clock::duration elapsed() const;

 private:
  Output& output_;
  Unit unit_;
  bool visible_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace chatopen::program
