// Batches that other engines drive.
#include "program_test.hpp"

namespace chatopen {
namespace {

TEST(BatchScript, FindsEveryLineOnceAfterKillsAndInShards) {
  const std::string command = "CHATOPEN_PROGRAM='" CHATOPEN_PROGRAM "' '" CHATOPEN_CHECK_BATCH "' 400 32";
  EXPECT_EQ(std::system(command.c_str()), 0);
  if (std::system("parallel --version 2>/dev/null | grep '^GNU parallel' >/dev/null") != 0) {
    GTEST_SKIP() << "GNU parallel is not installed, so shards were not tried";
  }
}

}  // namespace
}  // namespace chatopen
