#include "sandbox/stream_pieces.hpp"
#include "refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace chatopen::sandbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StreamPieces, AreWordsWithTheSpaceAfterThem) {
  EXPECT_THAT(split_by_words("one two  three"), ElementsAre("one ", "two ", " ", "three"));
  EXPECT_THAT(split_by_words("one "), ElementsAre("one "));
  EXPECT_THAT(split_by_words(""), IsEmpty());
}

TEST(StreamPieces, AreEscapedAsJsonMustBe) {
  EXPECT_THAT(split_by_words("\"a\\ b\n\x01 猫😀"), ElementsAre(R"(\"a\\ )", R"(b\n\u0001 )", "猫😀"));
}

TEST(StreamPieces, AreEvenAndKeepCharactersWhole) {
  EXPECT_THAT(split_evenly("abcde", 2), ElementsAre("ab", "cde"));
  EXPECT_THAT(split_evenly("abcde", 1), ElementsAre("abcde"));
  EXPECT_THAT(split_evenly("a\"\x01\xC3\xA9猫😀", 6), ElementsAre("a", R"(\")", R"(\u0001)", "\xC3\xA9", "猫", "😀"));
}

TEST(StreamPieces, AreAsManyAsWereAskedFor) {
  const std::string text(101, 'a');
  for (std::size_t pieces = 1; pieces <= text.size(); ++pieces) {
    EXPECT_EQ(split_evenly(text, pieces).size(), pieces);
  }
}

TEST(StreamPieces, AreNotMoreThanTheCharacters) {
  const std::string message = "X-Sandbox-Reply: events=3: the answer has only 2 characters";
  EXPECT_EQ(refusal_of([] { return split_evenly("ab", 3); }), message);
  EXPECT_EQ(refusal_of([] { return split_evenly("猫😀", 3); }), message);
}

TEST(StreamPieces, EndBetweenSurrogates) {
  EXPECT_THAT(split_by_words_and_surrogates("a 猫b😀c 🂡"),
              ElementsAre("a ", R"(\u732bb\ud83d)", R"(\ude00c )", R"(\ud83c)", R"(\udca1)"));
  EXPECT_EQ(refusal_of([] { return split_by_words_and_surrogates("a 猫\\ud83d"); }),
            "X-Sandbox-Reply: split-surrogates: the answer has no character beyond U+FFFF");
}

}  // namespace
}  // namespace chatopen::sandbox
