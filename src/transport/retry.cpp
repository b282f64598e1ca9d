#include "transport/retry.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <random>
#include <string_view>

namespace chatopen::transport {
namespace {

using std::chrono::milliseconds;

double random_jitter() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A number of units as a duration; a huge one is kept huge rather than dropped, since the server meant "not soon".
std::optional<milliseconds> parse_number(std::string_view text, double milliseconds_per_unit) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size()) return std::nullopt;
  if (fault == std::errc::result_out_of_range) number = HUGE_VAL;
  if (fault == std::errc::invalid_argument || std::isnan(number) || number < 0) return std::nullopt;
  constexpr double longest = 1e15;
  return milliseconds(static_cast<milliseconds::rep>(std::min(std::ceil(number * milliseconds_per_unit), longest)));
}

std::optional<int> parse_digits(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The one form of an HTTP date that servers may still send: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
std::optional<std::int64_t> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  const auto day = parse_digits(text.substr(5, 2));
  const auto* const month = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto year = parse_digits(text.substr(12, 4));
  const auto hour = parse_digits(text.substr(17, 2));
  const auto minute = parse_digits(text.substr(20, 2));
  const auto second = parse_digits(text.substr(23, 2));
  if (!day || month == months.end() || !year || !hour || !minute || !second) return std::nullopt;

  using namespace std::chrono;
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto since_epoch = sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) + seconds(*second);
  return seconds(since_epoch).count();
}

}  // namespace

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
    wait = *retry_after;
  } else {
    const double doubled = std::ldexp(static_cast<double>(policy_.initial_backoff.count()), std::min(retries_, 60));
    const double highest = std::min(doubled, static_cast<double>(policy_.max_backoff.count()));
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
