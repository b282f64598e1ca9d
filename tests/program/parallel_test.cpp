// Batches that other engines drive.
#include "program_test.hpp"

namespace chatopen {
namespace {

TEST(BatchScript, FindsEveryLineOnceAfterKillsAndInShards) {
  const std::string command = "CHATOPEN_PROGRAM='" CHATOPEN_PROGRAM "' '" CHATOPEN_CHECK_BATCH "' 400 32";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace chatopen
