#include "transport/curl_reply_head.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

namespace chatopen::transport {
namespace {

using Step = ReplyHead::Step;

class ReplyHeadTest : public testing::Test {
 protected:
  // The last line's step; the lines before must not end the head.
  Step add(std::initializer_list<std::string_view> lines) {
    Step step = Step::more;
    for (const std::string_view line : lines) {
      EXPECT_EQ(step, Step::more) << "before " << line;
      step = head_.add_line(std::string(line) + "\r\n");
    }
    return step;
  }

  Limits limits_;
  ReplyHead head_{limits_};
};

TEST_F(ReplyHeadTest, HasStatusAndTrimmedHeaders) {
  EXPECT_EQ(add({"HTTP/1.1 404 Not Found", "A: \t b c ", "Empty:", ""}), Step::complete);
  EXPECT_TRUE(head_.complete());
  EXPECT_EQ(head_.status(), 404);
  ASSERT_EQ(head_.headers().size(), 2U);
  EXPECT_EQ(head_.headers()[0].name, "A");
  EXPECT_EQ(head_.headers()[0].value, "b c");
  EXPECT_EQ(head_.headers()[1].value, "");
}

TEST_F(ReplyHeadTest, AcceptsBareLineFeeds) {
  EXPECT_EQ(head_.add_line("HTTP/1.1 200\n"), Step::more);
  EXPECT_EQ(head_.add_line("\n"), Step::complete);
}

TEST_F(ReplyHeadTest, RefusesBrokenStatusLines) {
  for (const char* line : {"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1 2x0", "HTTP/x 200",
                           "HTTP/1.1 099", "ICY 200 OK", "HTTP/1.1 -20", "A: b"}) {
    EXPECT_EQ(ReplyHead(limits_).add_line(line), Step::malformed) << line;
  }
}

TEST_F(ReplyHeadTest, RefusesBrokenHeaderLines) {
  for (const std::string_view line :
       {std::string_view("no colon"), std::string_view(": no name"), std::string_view("Name : b"),
        std::string_view("A: b\0c", 6), std::string_view(" continues nothing")}) {
    ReplyHead head(limits_);
    EXPECT_EQ(head.add_line("HTTP/1.1 200 OK"), Step::more);
    EXPECT_EQ(head.add_line(line), Step::malformed) << line;
  }
}

TEST_F(ReplyHeadTest, JoinsFoldedLines) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "A: b", "\t c", ""}), Step::complete);
  EXPECT_EQ(head_.headers()[0].value, "b c");
}

TEST_F(ReplyHeadTest, SkipsInterimHeads) {
  EXPECT_EQ(add({"HTTP/1.1 103 Early Hints", "Content-Length: 7", "Link: x", "", "HTTP/1.1 200 OK", "A: b", ""}),
            Step::complete);
  EXPECT_EQ(head_.status(), 200);
  EXPECT_EQ(head_.headers().size(), 1U);
  EXPECT_FALSE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, RefusesEndlessInterimHeads) {
  Step step = Step::more;
  for (int heads = 0; heads < 1000 && step == Step::more; ++heads) step = add({"HTTP/1.1 102 Processing", ""});
  EXPECT_EQ(step, Step::malformed);
}

TEST_F(ReplyHeadTest, RefusesToSwitchProtocols) {
  EXPECT_EQ(add({"HTTP/1.1 101 Switching Protocols", ""}), Step::malformed);
}

TEST_F(ReplyHeadTest, RefusesContradictoryLengths) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Content-Length: 2", "content-length: 3"}), Step::malformed);
}

TEST_F(ReplyHeadTest, AcceptsTheSameLengthTwice) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Content-Length: 2", "Content-Length: 2", ""}), Step::complete);
  EXPECT_TRUE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, RefusesALengthThatIsNoNumber) {
  for (const char* value : {"", "x", "-1", "+1", "1x", "1, 1", "0x10", "99999999999999999999999"}) {
    ReplyHead head(limits_);
    EXPECT_EQ(head.add_line("HTTP/1.1 200 OK"), Step::more);
    EXPECT_EQ(head.add_line("Content-Length: " + std::string(value)), Step::malformed) << value;
  }
}

TEST_F(ReplyHeadTest, RefusesALengthBesideATransferEncoding) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Content-Length: 2", "Transfer-Encoding: chunked", ""}), Step::malformed);
}

TEST_F(ReplyHeadTest, ProvesTheEndOfChunkedBodies) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Transfer-Encoding: gzip, Chunked", ""}), Step::complete);
  EXPECT_TRUE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, ProvesTheEndOfHttp2Bodies) {
  EXPECT_EQ(add({"HTTP/2 200 ", ""}), Step::complete);
  EXPECT_TRUE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, ProvesTheEndWhereThereIsNoBody) {
  EXPECT_EQ(add({"HTTP/1.1 204 No Content", "Content-Encoding: gzip", ""}), Step::complete);
  EXPECT_TRUE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, DoesNotProveTheEndWhereTheConnectionClosesIt) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", ""}), Step::complete);
  EXPECT_FALSE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, DoesNotProveTheEndOfCompressedBodies) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Content-Length: 20", "Content-Encoding: gzip", ""}), Step::complete);
  EXPECT_FALSE(head_.proves_body_end());
}

TEST_F(ReplyHeadTest, HasACapOnLines) {
  limits_.max_header_lines = 2;
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "A: 1", "B: 2", ""}), Step::complete);
  ReplyHead head(limits_);
  for (const char* line : {"HTTP/1.1 200 OK", "A: 1", "B: 2"}) EXPECT_EQ(head.add_line(line), Step::more);
  EXPECT_EQ(head.add_line("C: 3"), Step::too_large);
}

TEST_F(ReplyHeadTest, HasNoCapWhereTheLimitIsTheLargest) {
  limits_.max_header_bytes = limits_.max_header_lines = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "A: 1", "B: 2", ""}), Step::complete);
  EXPECT_EQ(head_.add_line("Trailer: 1\r\n"), Step::more);
}

TEST_F(ReplyHeadTest, HasACapOnBytes) {
  limits_.max_header_bytes = 40;
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "A: " + std::string(18, 'x')}), Step::more);
  EXPECT_EQ(add({""}), Step::too_large);
}

TEST_F(ReplyHeadTest, CountsTrailersButDoesNotKeepThem) {
  EXPECT_EQ(add({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""}), Step::complete);
  EXPECT_EQ(add({"Content-Length: 9"}), Step::more);
  EXPECT_EQ(head_.headers().size(), 1U);
  Step step = Step::more;
  for (int lines = 0; lines < 100'000 && step == Step::more; ++lines) step = add({"T: v"});
  EXPECT_EQ(step, Step::too_large);
}

}  // namespace
}  // namespace chatopen::transport
