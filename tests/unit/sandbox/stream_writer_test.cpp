#include "sandbox/stream_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace chatopen::sandbox {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// Writes a body as the HTTP library would, and keeps in their order the bytes, the waits and what ended it.
struct Writing {
  explicit Writing(StreamBody body) : writer(std::move(body), wait, reset) {
    sink.write = [this](const char* bytes, std::size_t size) {
      steps.emplace_back(bytes, size);
      return connected;
    };
    sink.done = [this] { steps.emplace_back("last chunk"); };
  }

  std::vector<std::string> to_the_end() {
    while (writer.write_next(sink)) {
      if (steps.back() == "last chunk") return steps;
    }
    steps.emplace_back("closed");
    return steps;
  }

  std::vector<std::string> steps;
  bool connected = true;
  std::size_t waits_until_closed = 100;
  StreamWriter::Wait wait = [this](milliseconds time, const httplib::DataSink&) {
    steps.push_back(std::to_string(time.count()) + " ms");
    return waits_until_closed-- > 0;
  };
  StreamWriter::Reset reset = [this] { steps.emplace_back("reset"); };
  httplib::DataSink sink;
  StreamWriter writer;
};

TEST(StreamWriter, WritesOneAfterTheOther) {
  EXPECT_THAT(Writing({.writes = {"a", "b"}}).to_the_end(), ElementsAre("a", "b", "last chunk"));
  EXPECT_THAT(Writing({}).to_the_end(), ElementsAre("last chunk"));
}

TEST(StreamWriter, WaitsBetweenWrites) {
  EXPECT_THAT(Writing({.writes = {"a", "b", "c"}, .pace = milliseconds(7)}).to_the_end(),
              ElementsAre("a", "7 ms", "b", "7 ms", "c", "last chunk"));
}

TEST(StreamWriter, WaitsBeforeTheEnd) {
  EXPECT_THAT(Writing({.writes = {"a"}, .pace = milliseconds(7), .linger = milliseconds(9)}).to_the_end(),
              ElementsAre("a", "9 ms", "last chunk"));
}

TEST(StreamWriter, EndsAsItIsTold) {
  EXPECT_THAT(Writing({.writes = {"a"}, .end = StreamBody::End::close}).to_the_end(), ElementsAre("a", "closed"));
  EXPECT_THAT(Writing({.writes = {"a"}, .end = StreamBody::End::reset}).to_the_end(),
              ElementsAre("a", "reset", "closed"));
}

TEST(StreamWriter, StopsWhenNobodyReads) {
  Writing left_in_pause({.writes = {"a", "b", "c"}, .pace = milliseconds(7)});
  left_in_pause.waits_until_closed = 1;
  EXPECT_THAT(left_in_pause.to_the_end(), ElementsAre("a", "7 ms", "b", "7 ms", "closed"));
  Writing left_at_end({.writes = {"a"}, .linger = milliseconds(9)});
  left_at_end.waits_until_closed = 0;
  EXPECT_THAT(left_at_end.to_the_end(), ElementsAre("a", "9 ms", "closed"));
  Writing left_in_write({.writes = {"a", "b"}});
  left_in_write.connected = false;
  EXPECT_THAT(left_in_write.to_the_end(), ElementsAre("a", "closed"));
}

}  // namespace
}  // namespace chatopen::sandbox
