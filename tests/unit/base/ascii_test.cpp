#include "base/ascii.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>

namespace chatopen::base {
namespace {

TEST(IsOneOf, ComparesWholeWordsWithoutCase) {
  constexpr std::string_view words = "host retry-after via";
  EXPECT_TRUE(is_one_of("host", words));
  EXPECT_TRUE(is_one_of("Retry-After", words));
  EXPECT_TRUE(is_one_of("VIA", words));
  for (const std::string_view other :
       {"", "hos", "hosts", "retry", "after", "host retry-after", "a", " ", "vi", "viaa"}) {
    EXPECT_FALSE(is_one_of(other, words)) << '"' << other << '"';
  }
  EXPECT_FALSE(is_one_of("host", ""));
}

TEST(HasCharacter, LooksAtEveryCharacter) {
  EXPECT_FALSE(has_character("", is_control));
  EXPECT_FALSE(has_character("plain", is_control));
  EXPECT_TRUE(has_character("\nplain", is_control));
  EXPECT_TRUE(has_character("plain\n", is_control));
}

TEST(ParseDigits, TakesNothingButDigits) {
  EXPECT_EQ(parse_digits("0"), 0);
  EXPECT_EQ(parse_digits("007"), 7);
  EXPECT_EQ(parse_digits("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_digits("dBfF", 16), 0xDBFF);
  for (const std::string_view other : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "f", "9223372036854775808"}) {
    EXPECT_EQ(parse_digits(other), std::nullopt) << '"' << other << '"';
  }
  EXPECT_EQ(parse_digits("dBfg", 16), std::nullopt);
  EXPECT_EQ(parse_digits("-BFF", 16), std::nullopt);
}

}  // namespace
}  // namespace chatopen::base
