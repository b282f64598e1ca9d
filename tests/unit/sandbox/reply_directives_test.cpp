#include "sandbox/reply_directives.hpp"
#include "refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

std::string refusal(const std::string& header) {
  return refusal_of([&header] { return parse_reply_directives(header); });
}

TEST(ReplyDirectives, ReadsSeveralWithSpacesAround) {
  const ReplyDirectives directives = parse_reply_directives("status=503 ;\tretry-after = 2; shape=html");
  EXPECT_EQ(directives.status, 503);
  EXPECT_EQ(directives.retry_after, "2");
  EXPECT_EQ(directives.shape, ReplyShape::html);
}

TEST(ReplyDirectives, KeepsValuesAsTheyAre) {
  const ReplyDirectives directives = parse_reply_directives(
      "retry-after=Wed, 21 Oct 2015 07:28:00 GMT; retry-after-ms=1e30; status=302; location=https://a.example/?b=c; "
      "request-id=r "
      "1");
  EXPECT_EQ(directives.retry_after, "Wed, 21 Oct 2015 07:28:00 GMT");
  EXPECT_EQ(directives.retry_after_ms, "1e30");
  EXPECT_EQ(directives.location, "https://a.example/?b=c");
  EXPECT_EQ(directives.request_id, "r 1");
}

TEST(ReplyDirectives, DecodesTheText) {
  EXPECT_EQ(parse_reply_directives("text=a; status=503").text, "a");
  EXPECT_EQ(parse_reply_directives("text=%e7%8C%ab%3B %25").text, "猫; %");
  EXPECT_EQ(parse_reply_directives("text=").text, "");
  EXPECT_EQ(refusal("text=100%"), "X-Sandbox-Reply: text=100%: a % is without two hexadecimal digits");
  EXPECT_EQ(refusal("text=%ff"), "X-Sandbox-Reply: text=%ff: not UTF-8");
}

TEST(ReplyDirectives, ReadsWaits) {
  const ReplyDirectives directives = parse_reply_directives("delay-ms=250; together=3");
  EXPECT_EQ(directives.delay, std::chrono::milliseconds(250));
  EXPECT_EQ(directives.together, 3);
}

TEST(ReplyDirectives, RefusesWhatTheGrammarDoesNotHave) {
  EXPECT_EQ(refusal("html"), "X-Sandbox-Reply: html: expected name=value");
  EXPECT_EQ(refusal("status=503;"), "X-Sandbox-Reply: : expected name=value");
  EXPECT_EQ(refusal("status=503;;shape=html"), "X-Sandbox-Reply: : expected name=value");
  EXPECT_EQ(refusal("Status=503"), "X-Sandbox-Reply: Status=503: no such directive");
  EXPECT_EQ(refusal("status=503; status=200"), "X-Sandbox-Reply: status=200: given twice");
  EXPECT_EQ(refusal("status=199"), "X-Sandbox-Reply: status=199: expected an integer from 200 to 599");
  EXPECT_EQ(refusal("status=20x"), "X-Sandbox-Reply: status=20x: expected an integer from 200 to 599");
  EXPECT_EQ(refusal("delay-ms=-1"), "X-Sandbox-Reply: delay-ms=-1: expected an integer from 0 to 600000");
  EXPECT_EQ(refusal("together=1"), "X-Sandbox-Reply: together=1: expected an integer from 2 to 10000");
  EXPECT_THAT(refusal("shape=xml"), testing::StartsWith("X-Sandbox-Reply: shape=xml: expected one of envelope, "));
}

TEST(ReplyDirectives, RefusesWhatWouldHaveNoEffect) {
  EXPECT_EQ(refusal("envelope=1001; shape=html"),
            "X-Sandbox-Reply: envelope: only with shape=envelope or envelope-number");
  EXPECT_EQ(refusal("location=/x"), "X-Sandbox-Reply: location: only with a status from 300 to 399");
  EXPECT_EQ(refusal("location=/x; status=302"), "");
  for (const char* shape : {"error-object", "error-text", "empty", "html", "invalid-utf8"}) {
    EXPECT_EQ(refusal("text=a; shape=" + std::string(shape)),
              "X-Sandbox-Reply: text, texts: not in a reply of this shape");
  }
  EXPECT_EQ(refusal("reasoning=Hm"),
            "X-Sandbox-Reply: finish-reason, reasoning, tool-call: only with shape=completion or completion-in-data");
  EXPECT_EQ(refusal("shape=completion; finish-reason=length; reasoning=Hm; tool-call=f"), "");
  EXPECT_EQ(refusal("shape=completion; tool-rounds=2"),
            "X-Sandbox-Reply: tool-arguments, tool-rounds: only with tool-call");
  EXPECT_EQ(refusal("shape=completion; tool-arguments=%7B"),
            "X-Sandbox-Reply: tool-arguments, tool-rounds: only with tool-call");
  EXPECT_EQ(refusal("text=a; texts=b"), "X-Sandbox-Reply: texts: not with text");
  EXPECT_EQ(refusal("texts=a|%"), "X-Sandbox-Reply: texts=a|%: a % is without two hexadecimal digits");
}

}  // namespace
}  // namespace chatopen::sandbox
