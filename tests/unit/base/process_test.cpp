#include "base/process.hpp"

#include "base/per_process.hpp"

#include <gtest/gtest.h>

#if __has_include(<unistd.h>)
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace chatopen::base {
namespace {

// What `fork` gives rise to; the child ends without running anything else of the test program.
bool in_child(const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ProcessGeneration, ChangesInAChildOnly) {
  const unsigned mine = process_generation();
  EXPECT_TRUE(in_child([mine] { return process_generation() != mine; }));
  EXPECT_EQ(process_generation(), mine);
  EXPECT_TRUE(in_child([mine] {
    const unsigned childs = process_generation();
    return childs != mine && in_child([=] { return process_generation() != mine && process_generation() != childs; });
  }));
}

TEST(PerProcess, IsTheSameWithinAProcessAndNewInAChild) {
  PerProcess<int> value;
  value.get() = 5;
  EXPECT_EQ(value.get(), 5);
  EXPECT_TRUE(in_child([&value] {
    if (value.get() != 0) return false;
    value.get() = 7;
    return value.get() == 7;
  }));
  EXPECT_EQ(value.get(), 5);
}

TEST(PerProcess, DoesNotDestroyWhatItsParentOwns) {
  static int destroyed;
  struct Counted {
    ~Counted() { ++destroyed; }
  };
  destroyed = 0;
  EXPECT_TRUE(in_child([] {
    { const PerProcess<Counted> fresh; }
    return destroyed == 1;
  }));
  auto* const inherited = new PerProcess<Counted>;
  EXPECT_TRUE(in_child([inherited] {
    delete inherited;
    return destroyed == 0;
  }));
  delete inherited;
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace chatopen::base
#endif
