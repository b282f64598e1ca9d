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
