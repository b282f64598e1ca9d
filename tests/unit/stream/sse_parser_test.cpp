#include "sse_fixture.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen {
namespace {

bool is_within(std::string_view view, std::string_view chunk) {
  return view.data() >= chunk.data() && view.data() + view.size() <= chunk.data() + chunk.size();
}

TEST(SseParser, PointsIntoTheChunk) {
  const std::string_view chunk = "data: first\n\nevent: t\nid: 1\ndata: second\n\ndata\n\n";
  int events = 0;
  SseParser parser;
  parser.feed(chunk, [&](const SseEvent& event) {
    ++events;
    EXPECT_TRUE(is_within(event.data, chunk)) << event.data;
  });
  EXPECT_EQ(events, 3);
}

TEST(SseParser, PointsIntoTheChunkThatHasAllOfTheData) {
  SseParser parser;
  parser.feed("event: t\nid: 1", [](const SseEvent&) { FAIL(); });
  const std::string_view chunk = "\ndata: whole\n\n";
  int events = 0;
  parser.feed(chunk, [&](const SseEvent& event) {
    ++events;
    EXPECT_TRUE(is_within(event.data, chunk));
    EXPECT_EQ(OwnedEvent(event), OwnedEvent("whole", "t", "1"));
  });
  EXPECT_EQ(events, 1);
}

int called = 0;
void count_call(const SseEvent&) {
  ++called;
}

TEST(SseParser, TakesAnyCallable) {
  struct Counter {
    int operator()(SseEvent) const { return ++called; }
  };
  const Counter constant;
  auto move_only = [one = std::make_unique<int>(1)](const auto&) { called += *one; };
  SseParser parser;
  called = 0;
  EXPECT_TRUE(parser.feed("data\n\n", count_call));
  EXPECT_TRUE(parser.feed("data\n\n", &count_call));
  EXPECT_TRUE(parser.feed("data\n\n", constant));
  EXPECT_TRUE(parser.feed("data\n\n", Counter()));
  EXPECT_TRUE(parser.feed("data\n\n", move_only));
  EXPECT_TRUE(parser.feed("data\n\n", std::move(move_only)));
  EXPECT_EQ(called, 6);
}

template <typename OnEvent>
constexpr bool is_taken = requires(SseParser& parser, OnEvent on_event) {
  parser.feed("", on_event);
};
static_assert(is_taken<void (*)(const SseEvent&)>);
static_assert(!is_taken<void (*)(SseEvent&)>);
static_assert(!is_taken<void (*)()>);
static_assert(!is_taken<int>);

class SseThrowingCallback : public ::testing::Test {
 protected:
  void feed_and_throw(std::string_view bytes) {
    EXPECT_THROW(parser_.feed(bytes, [](const SseEvent&) { throw std::runtime_error("from the callback"); }),
                 std::runtime_error);
  }
  bool feed(std::string_view bytes) {
    return parser_.feed(bytes, [&](const SseEvent& event) { events_.emplace_back(event); });
  }

  SseParser parser_;
  std::vector<OwnedEvent> events_;
};

TEST_F(SseThrowingCallback, StopsTheParser) {
  feed_and_throw("id:7\nevent:t\nretry:1\ndata:a\n\ndata:b\n\ndata:c");
  EXPECT_FALSE(feed("d\n\n"));
  EXPECT_FALSE(feed(""));
  EXPECT_TRUE(events_.empty());
}

TEST_F(SseThrowingCallback, LeavesAParserThatIsAsNewOnceFinished) {
  feed_and_throw("id:7\nevent:t\nretry:1\ndata:a\ndata:b\n\r");
  EXPECT_TRUE(parser_.finish());
  EXPECT_TRUE(
      feed("\xEF\xBB\xBF"
           "data:e\n\n"));
  EXPECT_EQ(events_, std::vector<OwnedEvent>({{"e"}}));
  EXPECT_FALSE(parser_.finish());
}

TEST_F(SseThrowingCallback, MayThrowAboutAnEventOfManyChunks) {
  EXPECT_TRUE(feed("id:7\ndata:a"));
  feed_and_throw("b\n\n");
  EXPECT_FALSE(feed("data:c\n\n"));
  EXPECT_TRUE(parser_.finish());
  EXPECT_TRUE(feed("data:d\n\n"));
  EXPECT_EQ(events_, std::vector<OwnedEvent>({{"d"}}));
}

// Each stream leaves something behind for the next.
TEST(SseParser, IsAsNewOnceFinished) {
  for (const char* const left : {"id:7\n\nretry:1\n\nevent:t\ndata:a\n", "id:7\ndata:a", "da", ":c", "\xEF", "\xEF\xBB",
                                 "\r", "data:a\r", "event:t"}) {
    for (const bool after_an_empty_line : {false, true}) {
      std::vector<OwnedEvent> events;
      const auto collect = [&](const SseEvent& event) { events.emplace_back(event); };
      SseParser parser;
      parser.feed(left, collect);
      parser.finish();
      // The line feed is a line of its own, after which comes no byte order mark.
      if (after_an_empty_line) parser.feed("\n", collect);
      EXPECT_TRUE(
          parser.feed("\xEF\xBB\xBF"
                      "data:b\n\n",
                      collect))
          << left;
      EXPECT_FALSE(parser.finish());
      EXPECT_EQ(events, after_an_empty_line ? std::vector<OwnedEvent>() : std::vector<OwnedEvent>({{"b"}})) << left;
    }
  }
}

TEST(SseParser, GoesOnWhereAnotherWasMovedFrom) {
  std::vector<OwnedEvent> events;
  const auto collect = [&](const SseEvent& event) { events.emplace_back(event); };
  SseParser parser;
  parser.feed("id:7\ndata:a\nda", collect);
  SseParser other = std::move(parser);
  other.feed("ta:b\n\n", collect);
  EXPECT_EQ(events, std::vector<OwnedEvent>({{"a\nb", "message", "7"}}));
}

}  // namespace
}  // namespace chatopen
