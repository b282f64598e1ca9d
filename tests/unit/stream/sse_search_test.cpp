// That each byte is searched at most once for each kind of line end: the linker leads calls of memchr here.
#include "sse_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

std::size_t searched_bytes = 0;

}  // namespace

extern "C" {

void* __real_memchr(const void* bytes, int wanted, std::size_t size);

void* __wrap_memchr(const void* bytes, int wanted, std::size_t size) {
  void* const found = __real_memchr(bytes, wanted, size);
  searched_bytes += found == nullptr
                        ? size
                        : static_cast<std::size_t>(static_cast<char*>(found) - static_cast<const char*>(bytes)) + 1;
  return found;
}

}  // extern "C"

namespace chatopen {
namespace {

TEST(SseSearch, SeesEachByteOnceForEachKindOfLineEnd) {
  for (const std::string_view lines : {"data:a\n", "data:a\r", "data:a\r\n", "\n", "\r", "data:a\n\n", "data:a\r\r",
                                       "data:a\r\n\r\n", "data:a\ndata:b\r", ":\n", "x"}) {
    std::string stream;
    while (stream.size() < 100'000) stream += lines;
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, stream.size()}) {
      SseParser parser;
      searched_bytes = 0;
      for (std::size_t at = 0; at < stream.size(); at += chunk) {
        EXPECT_TRUE(parser.feed(std::string_view(stream).substr(at, chunk), [](const SseEvent&) {}));
      }
      EXPECT_GT(searched_bytes, 0u);
      EXPECT_LE(searched_bytes, 2 * stream.size()) << ::testing::PrintToString(lines) << " in chunks of " << chunk;
    }
  }
}

}  // namespace
}  // namespace chatopen
