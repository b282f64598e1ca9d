#include <chatopen/testing/manual_clock.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

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

// Notes when and where it ran.
struct NotingTask final : ClockTask {
  explicit NotingTask(ManualClock& its_clock) : clock(its_clock) {}
  void run() noexcept override {
    ++runs;
    at = clock.now();
    thread = std::this_thread::get_id();
  }
  ManualClock& clock;
  int runs = 0;
  Clock::TimePoint at;
  std::thread::id thread;
};

TEST(ManualClock, RunsATaskAtOnceAndLetsItsDelayPass) {
  ManualClock clock;
  const Clock::TimePoint start = clock.now();
  const auto task = std::make_shared<NotingTask>(clock);
  EXPECT_TRUE(clock.schedule(1h, task));
  EXPECT_EQ(task->runs, 1);
  EXPECT_EQ(task->at - start, 1h);
  EXPECT_EQ(task->thread, std::this_thread::get_id());
  EXPECT_TRUE(clock.sleep_for(1min, {}));
  EXPECT_TRUE(clock.schedule(0s, task));
  EXPECT_THAT(clock.sleeps(), ElementsAre(1h, 1min, 0s));
  EXPECT_EQ(task->runs, 2);
  clock.unschedule(*task);
}

}  // namespace
}  // namespace chatopen::testing
