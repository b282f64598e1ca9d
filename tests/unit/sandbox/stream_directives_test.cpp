#include "sandbox/stream_directives.hpp"
#include "refusal.hpp"
#include "sandbox/reply_directives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

ReplyDirectives in_stream(const std::string& header) {
  return parse_reply_directives(header, UsualReply::envelope_stream);
}

std::string refusal(const std::string& header, UsualReply usual = UsualReply::envelope_stream) {
  return refusal_of([&] { return parse_reply_directives(header, usual); });
}

TEST(StreamDirectives, AreRead) {
  const StreamDirectives paced = in_stream("events=3; heartbeat=2; chunk-bytes=1; pace-ms=7; linger-ms=9").stream;
  EXPECT_EQ(paced.events, 3);
  EXPECT_EQ(paced.heartbeats, 2);
  EXPECT_EQ(paced.chunk_bytes, 1);
  EXPECT_EQ(paced.pace_ms, 7);
  EXPECT_EQ(paced.linger_ms, 9);
  EXPECT_EQ(in_stream("error-after=0").stream.error_after, 0);
  EXPECT_EQ(in_stream("malformed-after=4").stream.malformed_after, 4);
  EXPECT_EQ(in_stream("cut=end").stream.cut, StreamCut::end);
  EXPECT_TRUE(in_stream("split-surrogates=yes").stream.split_surrogates);
}

TEST(StreamDirectives, CutByClosingUnlessTold) {
  EXPECT_EQ(in_stream("cut-after=2").stream.cut, StreamCut::close);
  EXPECT_EQ(in_stream("cut-after=2; cut=reset").stream.cut, StreamCut::reset);
  EXPECT_EQ(in_stream("cut=reset; cut-after=2").stream.cut, StreamCut::reset);
}

TEST(StreamDirectives, RefuseOtherValues) {
  EXPECT_EQ(refusal("events=0"), "X-Sandbox-Reply: events=0: expected an integer from 1 to 1000000");
  EXPECT_EQ(refusal("chunk-bytes=0"), "X-Sandbox-Reply: chunk-bytes=0: expected an integer from 1 to 1000000");
  EXPECT_EQ(refusal("pace-ms=600001"), "X-Sandbox-Reply: pace-ms=600001: expected an integer from 0 to 600000");
  EXPECT_EQ(refusal("heartbeat=1001"), "X-Sandbox-Reply: heartbeat=1001: expected an integer from 1 to 1000");
  EXPECT_EQ(refusal("cut=off"), "X-Sandbox-Reply: cut=off: expected one of end, close, reset");
  EXPECT_EQ(refusal("split-surrogates=no"), "X-Sandbox-Reply: split-surrogates=no: expected one of yes");
  EXPECT_EQ(refusal("stream=yes"), "X-Sandbox-Reply: stream=yes: expected one of no");
}

TEST(StreamDirectives, RefuseToTakeEachOthersEffect) {
  const std::string one = "X-Sandbox-Reply: error-after, malformed-after, cut: only one of them";
  EXPECT_EQ(refusal("error-after=1; cut=end"), one);
  EXPECT_EQ(refusal("error-after=1; malformed-after=1"), one);
  EXPECT_EQ(refusal("malformed-after=1; cut-after=2"), one);
  const std::string done = "X-Sandbox-Reply: linger-ms: only in a stream that ends with [DONE]";
  EXPECT_EQ(refusal("linger-ms=1; error-after=1"), done);
  EXPECT_EQ(refusal("linger-ms=1; cut=close"), done);
  EXPECT_EQ(refusal("linger-ms=1; malformed-after=0"), "");
  EXPECT_EQ(refusal("events=2; split-surrogates=yes"), "X-Sandbox-Reply: events: not with split-surrogates");
  const std::string before = "X-Sandbox-Reply: finish-reason: not in a stream that ends before it";
  EXPECT_EQ(refusal("finish-reason=length; error-after=1", UsualReply::completion_stream), before);
  EXPECT_EQ(refusal("finish-reason=length; cut-after=1", UsualReply::completion_stream), before);
  EXPECT_EQ(refusal("finish-reason=length; cut=close", UsualReply::completion_stream), "");
}

TEST(StreamDirectives, AreRefusedInAReplyInOnePiece) {
  for (const std::string directive :
       {"events=1", "heartbeat=1", "chunk-bytes=1", "pace-ms=1", "linger-ms=1", "error-after=1", "malformed-after=1",
        "cut-after=1", "cut=end", "split-surrogates=yes"}) {
    const std::string message = "X-Sandbox-Reply: " + directive.substr(0, directive.find('=')) + ": only in a stream";
    EXPECT_EQ(refusal(directive, UsualReply::envelope), message);
    EXPECT_EQ(refusal(directive + "; stream=no"), message);
    EXPECT_EQ(refusal(directive + "; status=503"), message);
    EXPECT_EQ(refusal(directive + "; shape=html"), message);
  }
}

TEST(StreamDirectives, ChooseWhetherTheReplyStreams) {
  EXPECT_TRUE(in_stream("").streams);
  EXPECT_TRUE(in_stream("envelope=1001; error-after=1").streams);
  EXPECT_FALSE(in_stream("stream=no").streams);
  EXPECT_FALSE(in_stream("status=503").streams);
  EXPECT_FALSE(in_stream("envelope=1001").streams);
  for (const char* shape : {"envelope", "envelope-number", "completion", "completion-in-data"}) {
    EXPECT_TRUE(in_stream("shape=" + std::string(shape)).streams) << shape;
    EXPECT_FALSE(parse_reply_directives("shape=" + std::string(shape), UsualReply::envelope).streams) << shape;
  }
  for (const char* shape : {"raw", "error-object", "error-text", "truncated", "empty", "html", "invalid-utf8"}) {
    EXPECT_FALSE(in_stream("shape=" + std::string(shape)).streams) << shape;
  }
}

TEST(StreamDirectives, HaveTheShapeOfTheCall) {
  const auto shape = [](const std::string& header) {
    return parse_reply_directives(header, UsualReply::completion_stream).shape;
  };
  EXPECT_EQ(in_stream("").shape, ReplyShape::envelope);
  EXPECT_EQ(shape(""), ReplyShape::completion);
  EXPECT_EQ(shape("shape=envelope"), ReplyShape::envelope);
  EXPECT_EQ(shape("stream=no"), ReplyShape::envelope);
  EXPECT_EQ(shape("status=503"), ReplyShape::envelope);
}

TEST(StreamDirectives, RefuseNoStreamWhereThereIsNone) {
  const std::string message = "X-Sandbox-Reply: stream: only where the reply would be a stream";
  EXPECT_EQ(refusal("stream=no", UsualReply::envelope), message);
  EXPECT_EQ(refusal("stream=no; status=503"), message);
  EXPECT_EQ(refusal("stream=no; shape=raw"), message);
}

TEST(StreamDirectives, TakeTheCodeOfTheErrorFromTheEnvelope) {
  EXPECT_EQ(refusal("envelope=1001; error-after=1", UsualReply::completion_stream), "");
  EXPECT_EQ(refusal("envelope=200; error-after=1"), "X-Sandbox-Reply: envelope: 200 is no error");
}

}  // namespace
}  // namespace chatopen::sandbox
