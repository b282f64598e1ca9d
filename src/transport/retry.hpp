#pragma once

#include <chatopen/clock.hpp>
#include <chatopen/error.hpp>
#include <chatopen/options.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace chatopen::transport {

/// What is known about the fate of a request that failed.
enum class RetryClass : std::uint8_t {
  not_processed,  ///< A: no request byte was sent.
  refused,        ///< B: the server refused it before doing the work.
  ambiguous,      ///< C: it may have been processed.
  never,          ///< D, and what a repetition cannot mend.
};

/// The class of an answer with an error status, or of an envelope code that is one.
[[nodiscard]] RetryClass class_of_status(int status) noexcept;

/// Whether an error status leaves open that the work was done: every answer of a proxy that lost its server does.
[[nodiscard]] bool may_have_been_processed(int status) noexcept;

/// One client's allowance for retries, so that a server that fails all calls sees at most 1.1 times as many: ten at
/// once, and one more for every eleven calls. Thread-safe.
class RetryBudget {
 public:
  void deposit() noexcept;
  [[nodiscard]] bool withdraw() noexcept;

 private:
  static constexpr int per_call = 1;
  static constexpr int per_retry = 11;
  static constexpr int capacity = 10 * per_retry;
  std::mutex mutex_;
  int tokens_ = capacity;
};

/// Decides, for one call, whether and when it is sent again.
class RetrySchedule {
 public:
  RetrySchedule(const RetryPolicy& policy, RetryBudget& budget, double (*jitter)()) noexcept
      : policy_(policy), budget_(&budget), jitter_(jitter) {}

  /// How long to wait before the next attempt; empty when there is none. `time_left` is what remains of the call's
  /// total deadline, empty without one.
  [[nodiscard]] std::optional<Clock::Duration> next(RetryClass retry_class,
                                                    std::optional<std::chrono::milliseconds> retry_after,
                                                    std::optional<Clock::Duration> time_left);

 private:
  RetryPolicy policy_;
  RetryBudget* budget_;
  double (*jitter_)();
  int retries_ = 0;
};

/// `Retry-After` in seconds or as an HTTP date, and `retry-after-ms`; empty when it is absent or makes no sense. A past
/// date is 0. `wall_seconds` is the time since the epoch.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(const std::vector<HttpHeader>& headers,
                                                                         std::int64_t wall_seconds);

}  // namespace chatopen::transport
