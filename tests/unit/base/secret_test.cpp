#include "freed_bytes.hpp"

#include <chatopen/secret.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace chatopen {
namespace {

static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

// A secret is made from a string, so an operator for it in the namespace would be considered for every string there.
TEST(Secret, LeavesPrintingToItsNeighboursInTheNamespace) {
  std::ostringstream text;
  text << "a" << std::string("b");
  EXPECT_EQ(text.str(), "ab");
}

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

const std::string three_zeros(3, '\0');

TEST(Secret, IsWipedWhenItIsDestroyed) {
  std::optional<Secret> secret("key");
  const FreedBytes freed(secret->reveal());
  ASSERT_EQ(freed.bytes(), std::nullopt);
  secret.reset();
  EXPECT_EQ(freed.bytes(), three_zeros);
}

TEST(Secret, IsWipedWhenACopyReplacesIt) {
  Secret secret("key");
  const Secret other("other");
  const FreedBytes freed(secret.reveal());
  secret = other;
  EXPECT_EQ(freed.bytes(), three_zeros);
  EXPECT_EQ(other.reveal(), "other");
}

TEST(Secret, IsWipedAtOnceWhenAnotherIsMovedIntoIt) {
  Secret secret("key");
  Secret other("other");
  const FreedBytes freed(secret.reveal());
  secret = std::move(other);
  EXPECT_EQ(freed.bytes(), three_zeros);
  EXPECT_EQ(secret.reveal(), "other");
}

TEST(Secret, LeavesNoCopyWhereItWasMovedFrom) {
  Secret from("key");
  const char* const text = from.reveal().data();
  const Secret to = std::move(from);
  EXPECT_EQ(to.reveal().data(), text);
}

}  // namespace
}  // namespace chatopen
