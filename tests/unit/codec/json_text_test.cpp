#include "codec/json_text.hpp"

#include <gmock/gmock.h>

namespace chatopen::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(JsonText, ListsTheMembersOfTheTopLevelOnly) {
  const auto names = member_names(R"( {"a":{"b":1},"c":[{"d":2}] , "e":null} )");
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("a", "c", "e"));
}

TEST(JsonText, UnescapesNamesAndKeepsDuplicates) {
  const auto names = member_names(R"({"mess\u0061ges":1,"a":1,"a":2})");
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, ElementsAre("messages", "a", "a"));
}

TEST(JsonText, AcceptsAnObjectWithoutMembers) {
  const auto names = member_names(" {\n} ");
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_THAT(*names, IsEmpty());
}

TEST(JsonText, RefusesWhatIsNoObject) {
  for (const char* text : {"", " ", "[]", "1", "null", "\"{}\"", "\xef\xbb\xbf{}"}) {
    const auto names = member_names(text);
    ASSERT_FALSE(names) << text;
    EXPECT_EQ(names.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(names.error().message, "is not a JSON object");
  }
}

TEST(JsonText, RefusesWhatIsNotOneJsonDocument) {
  for (const char* text : {"{", "{}}", "{} {}", "{}x", R"({"a":})", R"({"a":1,})", R"({a:1})", R"({"a":tru})",
                           R"({"a":01})", R"({"a":'b'})", "{\"a\":\"\n\"}", "{/**/}", "{} \"}"}) {
    const auto names = member_names(text);
    ASSERT_FALSE(names) << text;
    EXPECT_EQ(names.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(names.error().message, "is not valid JSON") << text;
    EXPECT_FALSE(names.error().detail.empty());
  }
}

// They go out as they stand; what the parser cannot hold, others can.
TEST(JsonText, AcceptsNumbersBeyond64BitsAndLoneSurrogates) {
  for (const char* text : {R"({"a":123456789012345678901234567890})", R"({"a":18446744073709551616})", R"({"a":1e400})",
                           R"({"a":"\ud800"})"}) {
    const auto names = member_names(text);
    ASSERT_TRUE(names) << text << names.error().detail;
    EXPECT_THAT(*names, ElementsAre("a"));
  }
}

TEST(JsonText, RefusesInvalidUtf8) {
  const auto names = member_names("{\"a\":\"\xff\"}");
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().message, "is not valid UTF-8");
}

TEST(JsonText, RefusesEndlessNestingWithoutCrashing) {
  std::string text = "{\"a\":";
  text.append(100000, '[').append(100000, ']').append("}");
  EXPECT_FALSE(member_names(text));
}

TEST(JsonText, ReadsNoByteBeyondTheText) {
  const std::string_view longer = R"({"a":1},"b":2})";
  const auto names = member_names(longer.substr(0, 7));
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, ElementsAre("a"));
}

TEST(JsonText, GivesTheMembersAsTheyAreWritten) {
  EXPECT_EQ(members_text(" { \"a\" : {\"b\":[1 , 2]} } "), " \"a\" : {\"b\":[1 , 2]} ");
  EXPECT_EQ(members_text("{}"), "");
  EXPECT_EQ(members_text("{ \n }"), "");
}

}  // namespace
}  // namespace chatopen::codec
