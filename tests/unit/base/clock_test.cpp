#include <chatopen/clock.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace chatopen {
namespace {

using namespace std::chrono_literals;

TEST(SystemClock, SleepsAtLeastAsLongAsAsked) {
  const std::shared_ptr<Clock> clock = Clock::system();
  const Clock::TimePoint before = clock->now();
  EXPECT_TRUE(clock->sleep_for(2ms, {}));
  EXPECT_GE(clock->now() - before, 2ms);
}

// Without the wake-up this test would last an hour.
TEST(SystemClock, WakesWhenCancelled) {
  CancelSource source;
  std::thread canceller([&] { source.cancel(); });
  EXPECT_FALSE(Clock::system()->sleep_for(1h, source.token()));
  canceller.join();
}

TEST(SystemClock, DoesNotSleepWhenAlreadyCancelled) {
  CancelSource source;
  source.cancel();
  EXPECT_FALSE(Clock::system()->sleep_for(1h, source.token()));
}

}  // namespace
}  // namespace chatopen
