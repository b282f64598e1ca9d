#include <chatopen/testing/manual_clock.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chatopen::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ManualClock, MovesOnlyBySleepingAndAdvancing) {
  ManualClock clock;
  const Clock::TimePoint start = clock.now();
  EXPECT_EQ(clock.now(), start);
  EXPECT_TRUE(clock.sleep_for(1h, {}));
  clock.advance(5ms);
  EXPECT_EQ(clock.now() - start, 1h + 5ms);
  EXPECT_THAT(clock.sleeps(), ElementsAre(1h));
}

TEST(ManualClock, StandsStillWhenTheSleepIsCancelled) {
  ManualClock clock;
  CancelSource source;
  source.cancel();
  const Clock::TimePoint start = clock.now();
  EXPECT_FALSE(clock.sleep_for(1h, source.token()));
  EXPECT_EQ(clock.now(), start);
}

}  // namespace
}  // namespace chatopen::testing
