#include "transport/curl_loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

namespace chatopen::transport {
namespace {

using namespace std::chrono_literals;

class CurlLoopTest : public ::testing::Test {
 protected:
  struct CleanUp {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };

  std::unique_ptr<CURLM, CleanUp> multi{curl_multi_init()};
  std::unique_ptr<CurlLoop> loop = CurlLoop::create(multi.get());
};

Clock::TimePoint from_now(std::chrono::milliseconds delay) {
  return std::chrono::steady_clock::now() + delay;
}

TEST_F(CurlLoopTest, ReturnsAtItsTimeAndNotBefore) {
  ASSERT_NE(loop, nullptr);
  const Clock::TimePoint until = from_now(3ms);
  loop->run_once(until);
  EXPECT_GE(std::chrono::steady_clock::now(), until);
}

TEST_F(CurlLoopTest, ReturnsAtOnceWhenItsTimeHasCome) {
  loop->run_once(from_now(-1h));
  loop->run_once(Clock::TimePoint::min());
}

// Without the wake-up these would last an hour.
TEST_F(CurlLoopTest, IsWokenByAnotherThread) {
  std::thread waker([&] { loop->wake(); });
  loop->run_once(from_now(1h));
  waker.join();
}

TEST_F(CurlLoopTest, KeepsAWakeUpForTheNextWait) {
  loop->wake();
  loop->wake();
  loop->run_once(Clock::TimePoint::max());
}

TEST_F(CurlLoopTest, ForgetsAWakeUpThatWasServed) {
  loop->wake();
  loop->run_once(from_now(1h));
  const Clock::TimePoint until = from_now(3ms);
  loop->run_once(until);
  EXPECT_GE(std::chrono::steady_clock::now(), until);
}

}  // namespace
}  // namespace chatopen::transport
