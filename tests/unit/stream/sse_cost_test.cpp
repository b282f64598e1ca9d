// What the parser costs in memory, and that its time is linear: by counting allocations, whose bytes bound what growing
// copies.
#include "../allocation_count.hpp"
#include "sse_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen {
namespace {

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

void ignore(const SseEvent&) {}

// Whether all of it was taken.
bool feed_in_chunks(SseParser& parser, std::string_view bytes, std::size_t chunk) {
  while (!bytes.empty()) {
    if (!parser.feed(bytes.substr(0, chunk), ignore)) return false;
    bytes.remove_prefix(std::min(chunk, bytes.size()));
  }
  return true;
}

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

TEST(SseCost, AllocatesNothingForWhatLiesWholeInTheChunk) {
  const std::string stream =
      repeated("event: longer than a short string\nid: 1\ndata: longer than a short string\n\n", 10'000);
  SseParser parser;
  const AllocationCount all(1);
  EXPECT_TRUE(parser.feed(stream, ignore));
  EXPECT_EQ(all.count(), 0);
}

TEST(SseCost, AllocatesNothingForComments) {
  const std::string endless(mebibyte, ':');
  SseParser parser(16);
  parser.feed("data:a\n", ignore);
  const AllocationCount all(1);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(parser.feed(endless, ignore));
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(parser.feed(i % 2 == 0 ? "\n:" : "heartbeat\r\n:", ignore));
  EXPECT_EQ(all.count(), 0);
}

TEST(SseCost, StaysWithinTheCapForEndlessInput) {
  constexpr std::size_t cap = mebibyte / 4;
  for (const std::string_view start : {"data:", "event:", "id:", "retry:", "unknown:", "unknown", "\xEF\xBB"}) {
    for (const std::string_view piece : {"x", "x\ndata:", "x\nevent:", "x\nid:", "\ndata", "\ny"}) {
      const std::string input = std::string(start) + repeated(piece, 8 * cap);
      // All buffers; those of half of the cap; those of more than it.
      for (const std::size_t at_least : {std::size_t{1}, cap / 2, cap + 2}) {
        SseParser parser(cap);
        const AllocationCount buffers(at_least);
        EXPECT_FALSE(feed_in_chunks(parser, input, 10'000));
        if (at_least == 1) {
          EXPECT_LE(buffers.bytes(), 2 * cap + 1000) << start << piece;
        } else {
          EXPECT_LE(buffers.count(), at_least == cap / 2 ? 2 : 0) << start << piece;
        }
      }
    }
  }
}

// Of one line, and of many.
TEST(SseCost, IsLinearByteByByte) {
  constexpr std::size_t size = 4 * mebibyte;
  for (const std::string_view piece : {"x", "0123456789abcdef\ndata:"}) {
    const std::string stream = "data:" + repeated(piece, size) + "\n\n";
    SseParser parser;
    const AllocationCount buffers(1);
    EXPECT_TRUE(feed_in_chunks(parser, stream, 1));
    EXPECT_LE(buffers.bytes(), 4 * stream.size());
    EXPECT_LE(buffers.count(), 14);
  }
}

TEST(SseCost, KeepsSmallBuffersAndGivesLargeOnesBack) {
  for (const std::size_t size : {mebibyte / 2, 4 * mebibyte}) {
    const std::string event = "data:" + std::string(size, 'x') + "\n\n";
    SseParser parser;
    EXPECT_TRUE(feed_in_chunks(parser, event, 10'000));
    const AllocationCount again(1);
    EXPECT_TRUE(feed_in_chunks(parser, event, 10'000));
    EXPECT_EQ(again.count() > 0, size > mebibyte);
  }
}

TEST(SseCost, GivesLargeBuffersBackHoweverTheEventEnds) {
  const std::string large(2 * mebibyte, 'x');
  for (const std::string& stream : {"data:" + large, large + "\n\n", "data\n" + large + "\n\n"}) {
    for (const std::size_t cap : {2 * mebibyte, 4 * mebibyte}) {
      SseParser parser(cap);
      EXPECT_EQ(feed_in_chunks(parser, stream, 10'000), cap == 4 * mebibyte || stream[0] == 'x');
      parser.finish();
      const AllocationCount again(1);
      EXPECT_TRUE(parser.feed("data: longer than a short string", ignore));
      EXPECT_EQ(again.count(), 1);
    }
  }
}

}  // namespace
}  // namespace chatopen
