#include "sse_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen {
namespace {

constexpr std::size_t largest_name = std::size_t{256} * 1024;

struct Capped {
  const char* name;
  std::string_view stream;
  // The size of the largest event.
  std::size_t bytes;
  // What comes of it when the cap allows that much, and when it is one byte less.
  std::vector<OwnedEvent> within = {};
  std::vector<OwnedEvent> beyond = {};
  bool cut = false;
};

void PrintTo(const Capped& capped, std::ostream* stream) {
  *stream << capped.name;
}

class SseCap : public ::testing::TestWithParam<Capped> {};

TEST_P(SseCap, IsExactInEverySplit) {
  expect_parsed(GetParam().stream, GetParam().within, GetParam().cut, GetParam().bytes);
  expect_parsed(GetParam().stream, GetParam().beyond, true, GetParam().bytes - 1, false);
}

const Capped caps[] = {
    {"OneLine", "data:1\n\ndata: 34567\n\ndata:3\n\n", 11, {{"1"}, {"34567"}, {"3"}}, {{"1"}}},
    {"LineEndsDoNotCount", "data: 34567\r\n\r\ndata\r\n\r\n", 11, {{"34567"}, {""}}},
    {"ByteOrderMarkDoesNotCount",
     "\xEF\xBB\xBF"
     "data: 34567\n\n",
     11,
     {{"34567"}}},
    {"WhatLooksLikeAByteOrderMarkCounts", "\xEF\xBB\n\n", 2},
    {"LinesOfAllFields",
     "id:4\ndata:0\nx\nretry:8\nevent:67\n:comment\ndata:345\n\n",
     34,
     {{"0\n345", "67", "4", std::chrono::milliseconds(8)}}},
    {"EmptyDataLines", "data\ndata\ndata\n\n", 12, {{"\n\n"}}},
    {"BlockWithoutData", "event:789\nx\n\nx\n\n", 10},
    {"BlocksCountAlone", "data:67\n\n\nevent:7\n\ndata:67\n\nid:4567\n\n", 7, {{"67"}, {"67"}}},
    {"UnfinishedEvent", "data:67\nx", 8, {}, {}, true},
    {"UnfinishedLine", "data:67", 7, {}, {}, true},
};

INSTANTIATE_TEST_SUITE_P(Event, SseCap, ::testing::ValuesIn(caps),
                         [](const auto& tested) { return tested.param.name; });

TEST(SseCap, CountsNoComments) {
  expect_parsed(":comment\ndata\n:a longer comment\n:\n\n: and another", {{""}}, false, 4);
  expect_parsed(":comment\n\n\n:comment", {}, false, 0);
}

TEST(SseCap, OfZeroRefusesEveryLine) {
  expect_parsed("\n:\nx", {}, true, 0, false);
}

TEST(SseCap, IsExceededBeforeTheLineEnds) {
  SseParser parser(6);
  const auto ignore = [](const SseEvent&) {};
  EXPECT_TRUE(parser.feed("data:6", ignore));
  EXPECT_FALSE(parser.feed("7", ignore));
  EXPECT_FALSE(parser.feed("\n\n", ignore));
}

TEST(SseCap, StopsTheParserUntilItIsFinished) {
  SseParser parser(6);
  std::vector<OwnedEvent> events;
  const auto collect = [&](const SseEvent& event) { events.emplace_back(event); };
  EXPECT_FALSE(parser.feed("id:1\n\ndata:6\n\ndata:67\n\ndata:a\n\n", collect));
  EXPECT_FALSE(parser.feed("data:b\n\n", collect));
  EXPECT_FALSE(parser.feed("", collect));
  EXPECT_TRUE(parser.finish());
  EXPECT_TRUE(parser.feed("", collect));
  EXPECT_TRUE(
      parser.feed("\xEF\xBB\xBF"
                  "data:c\n\n",
                  collect));
  EXPECT_FALSE(parser.feed("data:67", collect));
  EXPECT_TRUE(parser.finish());
  EXPECT_EQ(events, std::vector<OwnedEvent>({{"6", "message", "1"}, {"c"}}));
}

TEST(SseCap, IsUnlimitedAtTheTypesMaximum) {
  expect_parsed("data:a\ndata:b\n\n", {{"a\nb"}}, false, SIZE_MAX);
}

TEST(SseCap, HoldsTypesAndIdsTo256KiB) {
  for (const std::string name : {"event:", "id:"}) {
    for (const std::size_t chunk : {std::size_t{1000}, 2 * largest_name}) {
      for (const std::size_t size : {largest_name, largest_name + 1}) {
        const std::string stream = name + std::string(size, 'x') + "\ndata:a\n\n";
        const Parsed parsed = parse(stream, std::vector<std::size_t>(stream.size() / chunk, chunk));
        EXPECT_EQ(parsed.within_cap, size == largest_name);
        EXPECT_EQ(parsed.events.size(), size == largest_name ? 1u : 0u);
      }
    }
  }
}

}  // namespace
}  // namespace chatopen
