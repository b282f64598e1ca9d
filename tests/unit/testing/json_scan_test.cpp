#include "testing/json_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Every value as `pointer=text`.
std::vector<std::string> values(std::string_view text) {
  std::vector<std::string> values;
  JsonScan scan(text);
  while (scan.next()) {
    values.push_back(to_pointer(scan.path()) + "=" + std::string(text.substr(scan.begin(), scan.end() - scan.begin())));
  }
  return values;
}

TEST(JsonScan, FindsEveryValueWithItsPlace) {
  EXPECT_THAT(values(R"({"a":1,"b":{"c":"x}","d":[true,{"e":null}]}})"),
              ElementsAre("/a=1", R"(/b={"c":"x}","d":[true,{"e":null}]})", R"(/b/c="x}")", R"(/b/d=[true,{"e":null}])",
                          "/b/d/0=true", R"(/b/d/1={"e":null})", "/b/d/1/e=null"));
  EXPECT_THAT(values("[ 1 , [] , {} ]"), ElementsAre("/0=1", "/1=[]", "/2={}"));
}

TEST(JsonScan, DecodesNames) {
  EXPECT_THAT(values(R"({"us\u0065r":1,"a/b~c":2})"), ElementsAre("/user=1", "/a~1b~0c=2"));
}

TEST(JsonScan, SkipsWhatIsInAValue) {
  JsonScan scan(R"({"a":{"b":1},"c":2})");
  ASSERT_TRUE(scan.next());
  scan.skip();
  ASSERT_TRUE(scan.next());
  EXPECT_EQ(*scan.name(), "c");
  EXPECT_FALSE(scan.next());
}

TEST(JsonScan, GoesThroughTheEventsOfAStream) {
  EXPECT_THAT(values("data:{\"a\":1}\n\ndata: {\"a\":2}\n\ndata:[DONE]\n\n"), ElementsAre("/a=1", "/a=2", "/0=DONE"));
  EXPECT_THAT(values("data:{\"a\":{\ndata:\"b\":1}}\n\n"), ElementsAre("/a={\ndata:\"b\":1}", "/a/b=1"));
}

TEST(JsonScan, StartsAnewAfterAMalformedEvent) {
  EXPECT_THAT(values("data:{\"a\":{\"x\":\"\n\ndata:{\"b\":1}\n\n"),
              ElementsAre(::testing::StartsWith("/a="), "/a/x=\"", "/b=1"));
}

TEST(JsonScan, FindsItsWayThroughWhatIsCut) {
  EXPECT_THAT(values(R"({"a":{"user":"bo)"), ElementsAre(R"(/a={"user":"bo)", R"(/a/user="bo)"));
  EXPECT_THAT(values(R"({"a":)"), IsEmpty());
  EXPECT_THAT(values(R"({"a)"), IsEmpty());
  EXPECT_THAT(values("<html>no {JSON: \"here\"}</html>"), IsEmpty());
}

TEST(JsonScan, EndsForEveryPrefixOfAnything) {
  const std::string text = "data:{\"a\\\"b\":[1,{\"c\":\"\\u00e9\\\\\"}]}\r\n\r\n}]:,\"\\ {[\"x\":}]";
  for (std::size_t from = 0; from < text.size(); ++from) {
    for (std::size_t size = 0; size <= text.size() - from; ++size) values(text.substr(from, size));
  }
}

TEST(JsonDepth, IgnoresStrings) {
  EXPECT_EQ(json_depth(R"([{"a":"[[["}])"), 2u);
  EXPECT_EQ(json_depth("1"), 0u);
}

TEST(JsonPointer, GoesThereAndBack) {
  const std::vector<std::string> path = {"a/b", "~", "0", ""};
  EXPECT_EQ(path_of_pointer(to_pointer(path)), path);
}

}  // namespace
}  // namespace chatopen::testing
