#include "testing/url_queries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> found_in(std::string_view text) {
  std::vector<std::string> found;
  for (const QueryParameter& each : query_parameters(text)) {
    found.push_back(each.name + ": " + std::string(text.substr(each.begin, each.end - each.begin)));
  }
  return found;
}

TEST(UrlQueries, GivesTheParametersThatHaveAValue) {
  EXPECT_THAT(found_in("https://x.example/a?token=t=1&flag&empty=#part?no=1"), ElementsAre("token: t=1", "empty: "));
  EXPECT_THAT(found_in("HTTP://x.example?a=1"), ElementsAre("a: 1"));
  EXPECT_THAT(found_in("https://x.example/a&b=1#?c=1"), IsEmpty());
}

TEST(UrlQueries, AreOfNothingElse) {
  EXPECT_THAT(found_in("https: //x?a=1, ftp://x?a=1, https:/x?a=1, ?a=1, http:"), IsEmpty());
  EXPECT_THAT(found_in(""), IsEmpty());
}

TEST(UrlQueries, ReadsTheEscapesOfJson) {
  EXPECT_THAT(found_in(R"({"url":"https:\/\/x.example\/a?a\u003d1\u0026b=2\u00e9"})"),
              ElementsAre("a: 1", R"(b: 2\u00e9)"));
  EXPECT_THAT(found_in(R"({"s":"{\"url\":\"https:\\/\\/x?a\\u003d1\\u0026b=2\"}"})"), ElementsAre("a: 1", "b: 2"));
  EXPECT_THAT(found_in(R"({"s":"{\"s\":\"{\\\"url\\\":\\\"https://x?a=1\\\"}\"}"})"), ElementsAre("a: 1"));
  EXPECT_THAT(found_in(R"({"answer":"See https://x?a=1\nor https://x?b=2\"","n":1})"), ElementsAre("a: 1", "b: 2"));
}

TEST(UrlQueries, LeavesTheEndOfAStringWhateverStandsBeforeIt) {
  for (const char* const end : {R"(\\)", R"(\\\\)", R"(\\u)", R"(\\u00)", R"(\u00)", R"(\\\\u004)", R"(\\n)"}) {
    const std::string text = R"({"url":"https://x?a=1)" + std::string(end) + R"(","n":1})";
    const auto parameters = query_parameters(text);
    ASSERT_EQ(parameters.size(), 1u) << text;
    EXPECT_LE(parameters[0].end, text.find(R"(","n")")) << text;
  }
}

TEST(UrlQueries, TakesAllOfAQuotedUrl) {
  EXPECT_THAT(found_in(R"({"url":"https://x?f=a),<b>`|猫.&s=1."})"), ElementsAre("f: a),<b>`|猫.", "s: 1."));
  EXPECT_THAT(found_in("\"https://x?a=1 and so on\""), ElementsAre("a: 1"));
}

TEST(UrlQueries, TakesAUrlInProseUpToItsEnd) {
  EXPECT_THAT(found_in("See https://x?a=1, https://x?a=2. Or: 'https://x?a=3'!"), ElementsAre("a: 1", "a: 2", "a: 3"));
  EXPECT_THAT(found_in("[https://x?a=1](https://x?a=2), <https://x?a=3>, `https://x?a=4`"),
              ElementsAre("a: 1", "a: 2", "a: 3", "a: 4"));
  EXPECT_THAT(found_in("(https://x?a[0]=(1)&b=1,2)"), ElementsAre("a[0]: (1)", "b: 1,2"));
}

TEST(UrlQueries, TakesABackslashInAStringForWhatItIsThere) {
  EXPECT_THAT(found_in(R"({"u":"https://x/a?b=C:\\new&sig=S"})"), ElementsAre(R"(b: C:\\new)", "sig: S"));
  EXPECT_THAT(found_in(R"({"u":"https://x/a?b=C:\\newS"})"), ElementsAre(R"(b: C:\\newS)"));
  EXPECT_THAT(found_in(R"(https://x/a?b=C:\new&sig=S)"), ElementsAre(R"(b: C:\new)", "sig: S"));
  EXPECT_THAT(found_in(R"({"u":"https://x/a?b=\"c\"&sig=S"})"), ElementsAre(R"(b: \"c\")", "sig: S"));
  EXPECT_THAT(found_in(R"({"s":"{\"u\":\"https://x/a?b=\\\"c\"}"})"), ElementsAre(R"(b: \\\"c)"));
  EXPECT_THAT(found_in(R"({"u":"https://x?sig=S\nWhat is it?"})"), ElementsAre("sig: S"));
}

TEST(UrlQueries, LeavesTheSentenceThatFollowsAQuery) {
  EXPECT_THAT(found_in("看 https://x/a.png?sig=abc，这是猫吗？"), ElementsAre("sig: abc"));
  EXPECT_THAT(found_in(R"({"t":"\u770b https://x/a?sig=abc\uff0c\u8fd9"})"), ElementsAre("sig: abc"));
  EXPECT_THAT(found_in("看 https://x/猫?q=猫&sig=abc，https://y/?c=1&d=2。"),
              ElementsAre("q: 猫", "sig: abc", "c: 1", "d: 2"));
}

TEST(UrlQueries, GoesOnInProseWhereMoreParametersFollow) {
  EXPECT_THAT(found_in("See https://x?a=1)<b>`&sig=S) now"), ElementsAre("a: 1)<b>`", "sig: S"));
  EXPECT_THAT(found_in("<https://x?a=1> & <https://x?b=2>&=3"), ElementsAre("a: 1", "b: 2"));
}

TEST(UrlQueries, FindsAnEscapedColon) {
  EXPECT_THAT(found_in(R"({"u":"https\u003a\/\/x\/a?sig=S"})"), ElementsAre("sig: S"));
  EXPECT_THAT(found_in(R"({"s":"{\"u\":\"https\\u003A//x?sig=S\"}"})"), ElementsAre("sig: S"));
  EXPECT_THAT(found_in("httpsu003a//x?sig=S"), IsEmpty());
}

TEST(UrlQueries, GivesTheUserInfo) {
  EXPECT_THAT(found_in("See https://me:p@ss@x.example/a@b?c=1, or https://x/@d"), ElementsAre(": me:p@ss", "c: 1"));
  EXPECT_THAT(found_in(R"({"u":"https:\/\/me:S@x\/"})"), ElementsAre(": me:S"));
}

TEST(UrlQueries, TakesWhatWasCut) {
  for (const char* const text : {"https", "https:", "https:/", "https://", "https://x", "https://x?", "https://x?a"}) {
    EXPECT_THAT(found_in(text), IsEmpty()) << text;
  }
  EXPECT_THAT(found_in("see https://x?a=1&b="), ElementsAre("a: 1", "b: "));
  EXPECT_THAT(found_in(R"(see https:\/\/x?a=1\)"), ElementsAre("a: 1"));
  EXPECT_THAT(found_in(R"(see https:\/\/x?a=1\u00)"), ElementsAre("a: 1"));
}

}  // namespace
}  // namespace chatopen::testing
