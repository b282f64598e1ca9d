#include "stream/long_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace chatopen::stream {
namespace {

TEST(LongText, IsEmptyWithoutPieces) {
  LongText text;
  EXPECT_EQ(text.take(), "");
  text.append("");
  EXPECT_EQ(text.take(), "");
}

TEST(LongText, JoinsItsPieces) {
  LongText text;
  text.append("a");
  text.append("");
  text.append("bc");
  EXPECT_EQ(text.take(), "abc");
}

TEST(LongText, IsAsNewOnceItIsTaken) {
  LongText text;
  text.append("first");
  EXPECT_EQ(text.take(), "first");
  EXPECT_EQ(text.take(), "");
  text.append("second");
  EXPECT_EQ(text.take(), "second");
}

TEST(LongText, KeepsEveryByteWhereBlocksMeet) {
  // Sizes around those of the blocks, in pieces of sizes that share no factor with them.
  for (const std::size_t size : {255u, 256u, 257u, 767u, 768u, 769u, 100'000u, 3'000'000u}) {
    std::string expected;
    LongText text;
    std::size_t piece = 1;
    while (expected.size() < size) {
      const std::string next(std::min(piece, size - expected.size()), static_cast<char>('a' + piece % 26));
      expected += next;
      text.append(next);
      piece = piece * 3 % 10'007;
    }
    EXPECT_TRUE(text.take() == expected) << size;
  }
}

TEST(LongText, TakesAPieceThatIsLargerThanManyBlocks) {
  const std::string piece(std::size_t{5} * 1024 * 1024, 'x');
  LongText text;
  text.append("a");
  text.append(piece);
  text.append("b");
  EXPECT_TRUE(text.take() == "a" + piece + "b");
}

}  // namespace
}  // namespace chatopen::stream
