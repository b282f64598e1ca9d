#include <chatopen/clock.hpp>

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

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

// Keeps its promise when it runs, and knows when.
class Appointment final : public ClockTask {
 public:
  void run() noexcept override {
    ran_at = Clock::system()->now();
    ran_on = std::this_thread::get_id();
    ran_.set_value();
  }
  void wait() { ran_.get_future().wait(); }

  Clock::TimePoint ran_at;
  std::thread::id ran_on;

 private:
  std::promise<void> ran_;
};

TEST(SystemClock, RunsATaskAfterItsDelayOnAThreadOfItsOwn) {
  const std::shared_ptr<Clock> clock = Clock::system();
  const auto task = std::make_shared<Appointment>();
  const Clock::TimePoint before = clock->now();
  EXPECT_TRUE(clock->schedule(2ms, task));
  task->wait();
  EXPECT_GE(task->ran_at - before, 2ms);
  EXPECT_NE(task->ran_on, std::this_thread::get_id());
}

TEST(SystemClock, RunsTasksInTheOrderOfTheirTimes) {
  const std::shared_ptr<Clock> clock = Clock::system();
  const auto later = std::make_shared<Appointment>();
  const auto sooner = std::make_shared<Appointment>();
  EXPECT_TRUE(clock->schedule(20ms, later));
  EXPECT_TRUE(clock->schedule(1ms, sooner));
  later->wait();
  sooner->wait();
  EXPECT_LE(sooner->ran_at, later->ran_at);
}

TEST(SystemClock, RunsATaskThatIsScheduledWhileItsThreadEnds) {
  const std::shared_ptr<Clock> clock = Clock::system();
  for (int i = 0; i < 500; ++i) {
    const auto task = std::make_shared<Appointment>();
    EXPECT_TRUE(clock->schedule(0ms, task));
    task->wait();
  }
}

TEST(SystemClock, DropsATaskThatIsNotWantedAnyMore) {
  const std::shared_ptr<Clock> clock = Clock::system();
  auto dropped = std::make_shared<Appointment>();
  const std::weak_ptr<Appointment> watched = dropped;
  EXPECT_TRUE(clock->schedule(1h, dropped));
  clock->unschedule(*dropped);
  clock->unschedule(*dropped);
  dropped.reset();
  EXPECT_TRUE(watched.expired()) << "it is not kept for an hour";
}

TEST(SystemClock, MayBeUsedByTheTasksItRuns) {
  struct Twice final : ClockTask, std::enable_shared_from_this<Twice> {
    void run() noexcept override {
      if (++runs == 1) {
        Clock::system()->schedule(0ms, shared_from_this());
      } else {
        done.set_value();
      }
    }
    int runs = 0;
    std::promise<void> done;
  };
  const auto task = std::make_shared<Twice>();
  EXPECT_TRUE(Clock::system()->schedule(0ms, task));
  task->done.get_future().wait();
  EXPECT_EQ(task->runs, 2);
}

TEST(SystemClock, TakesTasksFromManyThreadsAtOnce) {
  constexpr int threads = 4;
  constexpr int tasks = 50;
  std::vector<std::shared_ptr<Appointment>> kept;
  for (int i = 0; i < threads * tasks; ++i) kept.push_back(std::make_shared<Appointment>());
  std::vector<std::thread> schedulers;
  for (int i = 0; i < threads; ++i) {
    schedulers.emplace_back([&kept, i] {
      for (int task = 0; task < tasks; ++task) {
        EXPECT_TRUE(Clock::system()->schedule(1ms, kept[static_cast<std::size_t>(i * tasks + task)]));
      }
    });
  }
  for (std::thread& each : schedulers) each.join();
  for (const auto& each : kept) each->wait();
}

TEST(Clock, HasNoTimersByDefault) {
  struct Plain final : Clock {
    TimePoint now() const noexcept override { return {}; }
    bool sleep_for(Duration, const CancelToken&) override { return true; }
  };
  Plain clock;
  const auto task = std::make_shared<Appointment>();
  EXPECT_FALSE(clock.schedule(0ms, task));
  clock.unschedule(*task);
  EXPECT_EQ(task.use_count(), 1);
}

}  // namespace
}  // namespace chatopen
