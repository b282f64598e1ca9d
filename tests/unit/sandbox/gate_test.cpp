#include "sandbox/gate.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace chatopen::sandbox {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Gate, LetsAGroupPassWhenAllAreHere) {
  Gate gate;
  std::vector<std::thread> others;
  std::vector<char> passed(3);
  for (char& each : passed) {
    others.emplace_back([&] { each = gate.meet(4, hours(1)).complete; });
  }
  EXPECT_TRUE(gate.meet(4, hours(1)).complete);
  for (std::thread& other : others) other.join();
  EXPECT_EQ(passed, std::vector<char>(3, 1));
}

TEST(Gate, SaysHowManyCameWhenSomeAreMissing) {
  Gate gate;
  const Gate::Meeting meeting = gate.meet(2, milliseconds(0));
  EXPECT_FALSE(meeting.complete);
  EXPECT_EQ(meeting.present, 1);
}

TEST(Gate, ForgetsThoseWhoGaveUp) {
  Gate gate;
  EXPECT_FALSE(gate.meet(2, milliseconds(0)).complete);
  EXPECT_FALSE(gate.meet(2, milliseconds(0)).complete);
}

TEST(Gate, KeepsGroupsOfDifferentSizesApart) {
  Gate gate;
  std::thread waiting([&] { EXPECT_FALSE(gate.meet(3, hours(1)).complete); });
  EXPECT_FALSE(gate.meet(2, milliseconds(0)).complete);
  gate.stop();
  waiting.join();
}

TEST(Gate, LetsPassWhoHasWaited) {
  Gate gate;
  EXPECT_TRUE(gate.wait_for(milliseconds(0)));
  EXPECT_TRUE(gate.wait_for(milliseconds(1)));
}

TEST(Gate, EndsEveryWaitWhenItStops) {
  Gate gate;
  std::thread delayed([&] { EXPECT_FALSE(gate.wait_for(hours(1))); });
  std::thread meeting([&] { EXPECT_FALSE(gate.meet(2, hours(1)).complete); });
  gate.stop();
  delayed.join();
  meeting.join();
}

}  // namespace
}  // namespace chatopen::sandbox
