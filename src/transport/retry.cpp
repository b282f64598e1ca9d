#include "transport/retry.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string_view>

namespace chatopen {

RetryPredicate::~RetryPredicate() = default;

}  // namespace chatopen

namespace chatopen::transport {
namespace {

using base::parse_digits;
using base::trim;
using std::chrono::milliseconds;

// Beyond this nobody waits, and nanoseconds do not overflow.
constexpr milliseconds longest_wait = std::chrono::hours(24 * 365);

double random_jitter() {
  constexpr double values = 4294967296.0;
  return std::random_device{}() / values;
}

// `12`, `1.5` or `1e30`; std::from_chars does not read these everywhere, and std::strtod asks the locale.
std::optional<double> parse_decimal(std::string_view text) {
  const auto digits = [&text](double& number) {
    const std::size_t before = text.size();
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      number = number * 10 + (text.front() - '0');
    }
    return before - text.size();
  };
  const auto take = [&text](char c) {
    const bool there = !text.empty() && base::to_lower(text.front()) == c;
    if (there) text.remove_prefix(1);
    return there;
  };
  double number = 0;
  if (digits(number) == 0) return std::nullopt;
  if (take('.')) {
    double fraction = 0;
    const std::size_t count = digits(fraction);
    number += fraction / std::pow(10.0, count);
  }
  if (take('e')) {
    const double sign = take('-') ? -1 : (take('+'), 1);
    double exponent = 0;
    if (digits(exponent) == 0) return std::nullopt;
    if (number != 0) number *= std::pow(10.0, sign * exponent);
  }
  return text.empty() ? std::optional(number) : std::nullopt;
}

// A number of units as a duration; a huge one is kept huge rather than dropped, since the server meant "not soon".
std::optional<milliseconds> parse_number(std::string_view text, double milliseconds_per_unit) {
  const std::optional<double> number = parse_decimal(text);
  if (!number || std::isnan(*number)) return std::nullopt;
  constexpr double longest = 1e15;
  return milliseconds(static_cast<milliseconds::rep>(std::min(std::ceil(*number * milliseconds_per_unit), longest)));
}

// All forms of an HTTP date, of which servers may no longer send the others than the first (RFC 9110, 5.6.7):
// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
std::optional<std::int64_t> parse_http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  constexpr std::string_view separators = " ,-:";
  std::array<std::string_view, 8> words;
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string_view::npos; ++count) {
    if (count == words.size()) return std::nullopt;
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    words[count] = text.substr(at, end - at);
    at = end;
  }
  const bool day_is_first = count == 8 && words[7] == "GMT";
  if (!day_is_first && count != 7) return std::nullopt;
  const std::size_t time = day_is_first ? 4 : 3;
  const auto day = parse_digits(words[day_is_first ? 1 : 2]);
  const std::string_view month_name = words[day_is_first ? 2 : 1];
  const std::size_t month = months.find(month_name);
  auto year = parse_digits(words[day_is_first ? 3 : 6]);
  const auto hour = parse_digits(words[time]);
  const auto minute = parse_digits(words[time + 1]);
  const auto second = parse_digits(words[time + 2]);
  if (!day || month_name.size() != 3 || month == std::string_view::npos || month % 3 != 0 || !year || !hour ||
      !minute || !second)
    return std::nullopt;
  if (*day > 31 || *year > 9999 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (*year < 100) *year += *year < 70 ? 2000 : 1900;

  using namespace std::chrono;
  const year_month_day date{std::chrono::year(static_cast<int>(*year)),
                            std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto since_epoch = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) + seconds(*second);
  return seconds(since_epoch).count();
}

}  // namespace

bool may_have_been_processed(int status) noexcept {
  switch (status) {
    case 408:
    case 409: return true;
    // Not implemented, no capacity, no such version of HTTP, and a network that wants a log-in: the request went
    // nowhere.
    case 501:
    case 503:
    case 505:
    case 511: return false;
    default: return status >= 500;
  }
}

RetryClass class_of_status(int status) noexcept {
  switch (status) {
    case 429:
    case 503: return RetryClass::refused;
    case 408:
    case 409:
    case 500:
    case 502:
    case 504: return RetryClass::ambiguous;
    default: return RetryClass::never;
  }
}

void RetryBudget::deposit() noexcept {
  const std::lock_guard lock(mutex_);
  tokens_ = std::min(tokens_ + per_call, capacity);
}

bool RetryBudget::withdraw() noexcept {
  const std::lock_guard lock(mutex_);
  if (tokens_ < per_retry) return false;
  tokens_ -= per_retry;
  return true;
}

std::optional<Clock::Duration> RetrySchedule::next(RetryClass retry_class, std::optional<milliseconds> retry_after,
                                                   std::optional<Clock::Duration> time_left) {
  if (retry_class == RetryClass::never || retries_ >= policy_.max_retries) return std::nullopt;
  if (retry_class == RetryClass::ambiguous && !policy_.retry_ambiguous) return std::nullopt;
  if (retry_after && *retry_after > policy_.max_retry_after) return std::nullopt;

  Clock::Duration wait;
  if (retry_after) {
    wait = std::min(*retry_after, longest_wait);
  } else {
    const double doubled = std::ldexp(static_cast<double>(policy_.initial_backoff.count()), std::min(retries_, 60));
    const double highest = std::min(doubled, static_cast<double>(std::min(policy_.max_backoff, longest_wait).count()));
    const double drawn = highest * (jitter_ == nullptr ? random_jitter() : jitter_());
    wait = std::chrono::duration_cast<Clock::Duration>(std::chrono::duration<double, std::milli>(drawn));
  }
  if (time_left && wait >= *time_left) return std::nullopt;
  if (!budget_->withdraw()) return std::nullopt;
  ++retries_;
  return wait;
}

std::optional<milliseconds> parse_retry_after(const std::vector<HttpHeader>& headers, std::int64_t wall_seconds) {
  std::optional<milliseconds> found;
  for (const HttpHeader& header : headers) {
    if (base::equal_ignoring_case(header.name, "retry-after-ms")) {
      // The finer of the two wins wherever it stands.
      if (const auto wait = parse_number(trim(header.value), 1)) return wait;
    } else if (!found && base::equal_ignoring_case(header.name, "retry-after")) {
      const std::string_view value = trim(header.value);
      found = parse_number(value, 1000);
      if (found) continue;
      if (const auto date = parse_http_date(value)) {
        found = milliseconds(std::max<std::int64_t>(0, *date - wall_seconds) * 1000);
      }
    }
  }
  return found;
}

}  // namespace chatopen::transport
