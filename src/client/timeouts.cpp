#include "client/timeouts.hpp"

#include <algorithm>

namespace chatopen::client {

using std::chrono::milliseconds;

namespace {

// Beyond this nobody waits, and nanoseconds do not overflow.
constexpr milliseconds longest = std::chrono::hours(24 * 365);

}  // namespace

Timeouts default_timeouts() noexcept {
  using namespace std::chrono_literals;
  return {.connect = 10s, .first_byte = 10min, .idle = 2min, .total = 30min};
}

Timeouts inherit(const Timeouts& own, const Timeouts& inherited) noexcept {
  const auto choose = [](const std::optional<milliseconds>& mine, const std::optional<milliseconds>& theirs) {
    return std::min(mine ? *mine : *theirs, longest);
  };
  return {.connect = choose(own.connect, inherited.connect),
          .first_byte = choose(own.first_byte, inherited.first_byte),
          .idle = choose(own.idle, inherited.idle),
          .total = choose(own.total, inherited.total)};
}

}  // namespace chatopen::client
