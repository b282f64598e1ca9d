#include "transport/retry.hpp"

#include "transport/failure.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace chatopen::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

double most() {
  return 1.0;
}
double half() {
  return 0.5;
}

constexpr std::int64_t wall = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT

std::optional<milliseconds> parsed(const char* value) {
  return parse_retry_after({{"Retry-After", value}}, wall);
}

TEST(RetryAfter, IsReadInSeconds) {
  EXPECT_EQ(parsed("0"), 0ms);
  EXPECT_EQ(parsed("2"), 2000ms);
  EXPECT_EQ(parsed(" 1.5 "), 1500ms);
  EXPECT_EQ(parsed("15e-1"), 1500ms);
  EXPECT_EQ(parsed("0.25E+1"), 2500ms);
}

TEST(RetryAfter, IsReadAsADate) {
  EXPECT_EQ(parsed("Sun, 06 Nov 1994 08:49:47 GMT"), 10'000ms);
  EXPECT_EQ(parsed("Mon, 07 Nov 1994 08:49:37 GMT"), milliseconds(24h));
}

TEST(RetryAfter, IsReadAsADateOfAFormThatServersOnceSent) {
  EXPECT_EQ(parsed("Sunday, 06-Nov-94 08:49:47 GMT"), 10'000ms);
  EXPECT_EQ(parsed("Sun Nov  6 08:49:47 1994"), 10'000ms);
  EXPECT_EQ(parsed("Sun Nov 13 08:49:37 1994"), milliseconds(7 * 24h));
  EXPECT_EQ(parsed("Friday, 01-Jan-27 00:00:00 GMT"), parsed("Fri, 01 Jan 2027 00:00:00 GMT"));
}

TEST(RetryAfter, IsZeroForAPastDate) {
  EXPECT_EQ(parsed("Sun, 06 Nov 1994 08:49:00 GMT"), 0ms);
}

TEST(RetryAfter, StaysHugeWhenItIsHuge) {
  ASSERT_TRUE(parsed("1e30"));
  EXPECT_GT(*parsed("1e30"), 24h * 365);
  ASSERT_TRUE(parsed("1e999"));
  EXPECT_GT(*parsed("1e999"), 24h * 365);
}

TEST(RetryAfter, IsAbsentWhenItMakesNoSense) {
  for (const char* value : {"",
                            "-1",
                            "soon",
                            "nan",
                            "2 s",
                            ".5",
                            "1e",
                            "1.5.2",
                            "0x2",
                            "Sun, 06 Nov 1994 08:49:37 CET",
                            "Sun, 06 Xyz 2194 08:49:37 GMT",
                            "Sun, 06 anF 2194 08:49:37 GMT",
                            "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 25:49:37 GMT",
                            "Sunday, 06-Nov-94 08:49:37",
                            "Sun Nov 31 08:49:37 1994",
                            "Sun Nov 6 08:49:37 1994 1",
                            "Sun, 06 Nov 19940 08:49:37 GMT",
                            "Sun, 4294967302 Nov 1994 08:49:37 GMT",
                            "Sun Nov 6 08:49 1994",
                            ",-: ,-:"}) {
    EXPECT_EQ(parsed(value), std::nullopt) << value;
  }
  EXPECT_EQ(parse_retry_after({{"Date", "2"}}, wall), std::nullopt);
}

TEST(RetryAfter, PrefersMillisecondsWhereverTheyStand) {
  EXPECT_EQ(parse_retry_after({{"retry-after", "9"}, {"Retry-After-Ms", "250"}}, wall), 250ms);
  EXPECT_EQ(parse_retry_after({{"retry-after-ms", "250"}, {"retry-after", "9"}}, wall), 250ms);
  EXPECT_EQ(parse_retry_after({{"retry-after-ms", "x"}, {"retry-after", "9"}}, wall), 9000ms);
}

TEST(RetrySchedule, DoublesItsWaitsUpToTheMost) {
  RetryBudget budget;
  RetrySchedule schedule({.max_retries = 6}, budget, most);
  std::vector<Clock::Duration> waits;
  while (const auto wait = schedule.next(RetryClass::not_processed, {}, {})) waits.push_back(*wait);
  EXPECT_EQ(waits, (std::vector<Clock::Duration>{500ms, 1s, 2s, 4s, 8s, 8s}));
}

TEST(RetrySchedule, ScalesItsWaitsByTheJitter) {
  RetryBudget budget;
  RetrySchedule schedule({}, budget, half);
  EXPECT_EQ(schedule.next(RetryClass::refused, {}, {}), 250ms);
}

TEST(RetrySchedule, DrawsRandomWaitsBelowTheMostByDefault) {
  RetryBudget budget;
  for (int i = 0; i < 10; ++i) {
    RetrySchedule schedule({}, budget, nullptr);
    const auto wait = schedule.next(RetryClass::refused, {}, {});
    ASSERT_TRUE(wait);
    EXPECT_GE(*wait, 0ms);
    EXPECT_LE(*wait, 500ms);
  }
}

TEST(RetrySchedule, ObeysTheServer) {
  RetryBudget budget;
  RetrySchedule schedule({}, budget, most);
  EXPECT_EQ(schedule.next(RetryClass::refused, 2000ms, {}), 2s);
  EXPECT_EQ(schedule.next(RetryClass::refused, 0ms, {}), 0s);
}

TEST(RetrySchedule, GivesUpAtOnceWhenTheServerAsksForTooMuch) {
  RetryBudget budget;
  RetrySchedule schedule({}, budget, most);
  EXPECT_EQ(schedule.next(RetryClass::refused, 120'001ms, {}), std::nullopt);
  EXPECT_NE(schedule.next(RetryClass::refused, 120'000ms, {}), std::nullopt);
}

TEST(RetrySchedule, WaitsAtMostAYearHoweverMuchIsAllowed) {
  constexpr milliseconds unlimited = milliseconds::max();
  RetryBudget budget;
  RetrySchedule schedule({.initial_backoff = unlimited, .max_backoff = unlimited, .max_retry_after = unlimited}, budget,
                         most);
  EXPECT_EQ(schedule.next(RetryClass::refused, unlimited, {}), 24h * 365);
  EXPECT_EQ(schedule.next(RetryClass::refused, {}, {}), 24h * 365);
}

TEST(RetrySchedule, NeverWaitsPastTheDeadline) {
  RetryBudget budget;
  RetrySchedule schedule({}, budget, most);
  EXPECT_EQ(schedule.next(RetryClass::refused, {}, 500ms), std::nullopt);
  EXPECT_EQ(schedule.next(RetryClass::refused, 3000ms, 3s), std::nullopt);
  EXPECT_NE(schedule.next(RetryClass::refused, {}, 501ms), std::nullopt);
}

TEST(RetrySchedule, RetriesAmbiguousFailuresOnlyOnRequest) {
  RetryBudget budget;
  RetrySchedule careful({}, budget, most);
  EXPECT_EQ(careful.next(RetryClass::ambiguous, {}, {}), std::nullopt);
  RetrySchedule bold({.retry_ambiguous = true}, budget, most);
  EXPECT_NE(bold.next(RetryClass::ambiguous, {}, {}), std::nullopt);
  EXPECT_EQ(bold.next(RetryClass::never, {}, {}), std::nullopt);
}

TEST(RetryBudget, KeepsAThousandFailingCallsBelowElevenHundredAttempts) {
  RetryBudget budget;
  int attempts = 0;
  for (int call = 0; call < 1000; ++call) {
    budget.deposit();
    RetrySchedule schedule({}, budget, most);
    ++attempts;
    while (schedule.next(RetryClass::refused, {}, {})) ++attempts;
  }
  EXPECT_LE(attempts, 1100);
  EXPECT_GE(attempts, 1090);
}

TEST(RetryClassOfStatus, FollowsTheFaultMatrix) {
  for (const int status : {429, 503}) EXPECT_EQ(class_of_status(status), RetryClass::refused) << status;
  for (const int status : {408, 409, 500, 502, 504}) {
    EXPECT_EQ(class_of_status(status), RetryClass::ambiguous) << status;
  }
  for (const int status : {400, 401, 403, 404, 422, 501, 307}) {
    EXPECT_EQ(class_of_status(status), RetryClass::never) << status;
  }
}

TransportOutcome failed(TransportFailure failure, bool request_bytes_written) {
  TransportOutcome outcome;
  outcome.failure = failure;
  outcome.request_bytes_written = request_bytes_written;
  return outcome;
}

TEST(MayHaveBeenProcessed, IsTrueWhereAServerOrProxyLostTheRequest) {
  for (const int status : {408, 409, 500, 502, 504, 520, 522, 524, 599}) {
    EXPECT_TRUE(may_have_been_processed(status)) << status;
  }
  for (const int status : {307, 400, 401, 403, 404, 429, 501, 503, 505, 511}) {
    EXPECT_FALSE(may_have_been_processed(status)) << status;
  }
}

TEST(RetryClassOfFailure, IsNotProcessedOnlyWhenNothingWasWritten) {
  for (const auto failure : {TransportFailure::resolve, TransportFailure::connect, TransportFailure::tls,
                             TransportFailure::connection_reset, TransportFailure::connect_timeout}) {
    EXPECT_EQ(class_of(failed(failure, false)), RetryClass::not_processed) << to_string(failure);
    EXPECT_EQ(class_of(failed(failure, true)), RetryClass::ambiguous) << to_string(failure);
  }
}

TEST(RetryClassOfFailure, IsNeverForWhatARepetitionCannotMend) {
  for (const auto failure : {TransportFailure::certificate, TransportFailure::protocol, TransportFailure::cancelled,
                             TransportFailure::body_too_large, TransportFailure::total_timeout}) {
    EXPECT_EQ(class_of(failed(failure, false)), RetryClass::never) << to_string(failure);
  }
}

TEST(ErrorOfFailure, SaysWhichDeadlinePassed) {
  EXPECT_NE(error_of(failed(TransportFailure::connect_timeout, false)).message.find("connect deadline"),
            std::string::npos);
  EXPECT_NE(error_of(failed(TransportFailure::first_byte_timeout, true)).message.find("first-byte deadline"),
            std::string::npos);
  EXPECT_NE(error_of(failed(TransportFailure::idle_timeout, true)).message.find("idle deadline"), std::string::npos);
  EXPECT_NE(error_of(failed(TransportFailure::total_timeout, true)).message.find("total deadline"), std::string::npos);
}

TEST(ErrorOfFailure, SaysWhetherTheServiceMayHaveProcessedIt) {
  EXPECT_TRUE(error_of(failed(TransportFailure::connection_reset, true)).maybe_processed);
  EXPECT_FALSE(error_of(failed(TransportFailure::connection_reset, false)).maybe_processed);
}

TEST(TransportFailure, EveryFailureHasANameAndAnError) {
  for (int i = 0; i <= static_cast<int>(TransportFailure::resource); ++i) {
    const auto failure = static_cast<TransportFailure>(i);
    EXPECT_NE(to_string(failure), "unknown") << i;
    EXPECT_NE(error_of(failed(failure, false)).message, "unknown failure") << to_string(failure);
  }
}

}  // namespace
}  // namespace chatopen::transport
