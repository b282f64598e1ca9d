#include <chatopen/cancel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

void count(void* counter) noexcept {
  ++*static_cast<std::atomic<int>*>(counter);
}

TEST(CancelToken, IsInertByDefault) {
  const CancelToken token;
  EXPECT_FALSE(token.can_be_cancelled());
  EXPECT_FALSE(token.cancelled());
}

TEST(CancelToken, SeesTheCancellationThroughEveryCopy) {
  CancelSource source;
  const CancelToken early = source.token();
  const CancelToken copy = early;
  CancelSource(source).cancel();
  EXPECT_TRUE(early.cancelled());
  EXPECT_TRUE(copy.cancelled());
  EXPECT_TRUE(source.token().cancelled());
}

TEST(CancelCallback, RunsOnceWhenCancelled) {
  CancelSource source;
  std::atomic<int> calls = 0;
  const CancelCallback callback(source.token(), count, &calls);
  EXPECT_EQ(calls, 0);
  source.cancel();
  source.cancel();
  EXPECT_EQ(calls, 1);
}

TEST(CancelCallback, RunsAtOnceWhenAlreadyCancelled) {
  CancelSource source;
  source.cancel();
  std::atomic<int> calls = 0;
  const CancelCallback callback(source.token(), count, &calls);
  EXPECT_EQ(calls, 1);
}

TEST(CancelCallback, DoesNotRunAfterItsDestruction) {
  CancelSource source;
  std::atomic<int> kept = 0;
  std::atomic<int> dropped = 0;
  const CancelCallback first(source.token(), count, &kept);
  std::optional<CancelCallback> middle(std::in_place, source.token(), count, &dropped);
  const CancelCallback last(source.token(), count, &kept);
  middle.reset();
  source.cancel();
  EXPECT_EQ(kept, 2);
  EXPECT_EQ(dropped, 0);
}

// Freeing the counter right after the callback's destruction makes a late run visible to the sanitizers.
TEST(CancelCallback, DestructionWaitsForARunningFunction) {
  for (int round = 0; round < 200; ++round) {
    CancelSource source;
    std::thread canceller([&] { source.cancel(); });
    for (int i = 0; i < 10; ++i) {
      auto calls = std::make_unique<std::atomic<int>>(0);
      { const CancelCallback callback(source.token(), count, calls.get()); }
      EXPECT_LE(*calls, 1);
    }
    canceller.join();
  }
}

}  // namespace
}  // namespace chatopen
