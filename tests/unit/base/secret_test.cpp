#include <chatopen/secret.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace chatopen {
namespace {

static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

TEST(Secret, RevealsWhatItWasMadeFrom) {
  const Secret secret("key");
  EXPECT_EQ(secret.reveal(), "key");
}

TEST(Secret, IsEmptyFromNullAndByDefault) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret(static_cast<const char*>(nullptr)).empty());
  const Secret none;
  EXPECT_EQ(none.reveal(), "");
}

TEST(Secret, CopiesAreIndependent) {
  Secret first("first");
  const Secret copy = first;
  first = Secret("second");
  EXPECT_EQ(copy.reveal(), "first");
  EXPECT_EQ(first.reveal(), "second");
}

TEST(Secret, SurvivesAssignmentToItself) {
  Secret secret("key");
  const Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(), "key");
}

TEST(Secret, IsEmptyAfterItWasMovedFrom) {
  Secret from("key");
  const Secret to = std::move(from);
  EXPECT_EQ(to.reveal(), "key");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): this is what is tested
}

}  // namespace
}  // namespace chatopen
