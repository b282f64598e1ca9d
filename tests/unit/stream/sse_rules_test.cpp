// The rules of https://html.spec.whatwg.org/multipage/server-sent-events.html, each in every split and with each kind
// of line end.
#include "sse_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen {
namespace {

using std::chrono::milliseconds;
using namespace std::string_view_literals;

std::string with_line_ends(std::string_view stream, std::string_view line_end) {
  std::string out;
  for (const char c : stream) {
    if (c == '\n') {
      out += line_end;
    } else {
      out += c;
    }
  }
  return out;
}

struct Rule {
  const char* name;
  // With line feeds, in whose place the other line ends are tried too.
  std::string_view stream;
  std::vector<OwnedEvent> events = {};
  bool cut = false;
};

void PrintTo(const Rule& rule, std::ostream* stream) {
  *stream << rule.name;
}

class SseRules : public ::testing::TestWithParam<Rule> {};

TEST_P(SseRules, HoldInEverySplitAndWithEveryLineEnd) {
  for (const std::string_view line_end : {"\n", "\r", "\r\n"}) {
    expect_parsed(with_line_ends(GetParam().stream, line_end), GetParam().events, GetParam().cut);
  }
}

const Rule rules[] = {
    // The examples of the standard.
    {"StandardsThreeMessages",
     "data: This is the first message.\n\n"
     "data: This is the second message, it\ndata: has two lines.\n\n"
     "data: This is the third message.\n\n",
     {{"This is the first message."},
      {"This is the second message, it\nhas two lines."},
      {"This is the third message."}}},
    {"StandardsNamedEvents",
     "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
     {{"73857293", "add"}, {"2153", "remove"}, {"113411", "add"}}},
    {"StandardsTicker", "data: YHOO\ndata: +2\ndata: 10\n\n", {{"YHOO\n+2\n10"}}},
    {"StandardsFourBlocks",
     ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
     {{"first event", "message", "1"}, {"second event"}, {" third event"}}},
    {"StandardsEmptyData", "data\n\ndata\ndata\n\ndata:", {{""}, {"\n"}}, true},
    {"StandardsOptionalSpace", "data:test\n\ndata: test\n\n", {{"test"}, {"test"}}},

    {"EmptyStream", ""},
    {"EmptyLinesOnly", "\n\n\n"},
    {"ManyEmptyLinesBetweenEvents", "\n\ndata:a\n\n\n\ndata:b\n\n\n", {{"a"}, {"b"}}},

    // Byte order marks.
    {"ByteOrderMark",
     "\xEF\xBB\xBF"
     "data:a\n\n",
     {{"a"}}},
    {"ByteOrderMarkAlone", "\xEF\xBB\xBF"},
    {"ByteOrderMarkBeforeAnEmptyLine", "\xEF\xBB\xBF\ndata:a\n\n", {{"a"}}},
    {"ByteOrderMarkBeforeAComment", "\xEF\xBB\xBF:c\ndata:a\n\n", {{"a"}}},
    {"OnlyOneByteOrderMark",
     "\xEF\xBB\xBF\xEF\xBB\xBF"
     "data:a\ndata:b\n\n",
     {{"b"}}},
    {"NoByteOrderMarkButAtTheStart",
     "data:a\n\n\xEF\xBB\xBF"
     "data:b\n\ndata:c\n\n",
     {{"a"}, {"c"}}},
    {"NoByteOrderMarkAfterAnEmptyLine",
     "\n\xEF\xBB\xBF"
     "data:a\n\n"},
    {"HalfAByteOrderMark",
     "\xEF\xBB"
     "data:a\ndata:b\n\n",
     {{"b"}}},
    {"ThirdOfAByteOrderMark",
     "\xEF"
     "data:a\ndata:b\n\n",
     {{"b"}}},
    {"AlmostAByteOrderMark",
     "\xEF\xBB\xBE"
     "data:a\ndata:b\n\n",
     {{"b"}}},
    {"ByteOrderMarkCutOff", "\xEF\xBB", {}, true},
    {"ByteOrderMarkCutByALineEnd", "\xEF\xBB\ndata:a\n\n", {{"a"}}},

    // Comments.
    {"Comment", ":data:a\n\n"},
    {"EmptyComment", ":\n\n:\n"},
    {"CommentWithinAnEvent", "data:a\n: \xFF comment\ndata:b\n:\n\n", {{"a\nb"}}},
    {"CommentAfterASpaceIsNone", " :c\ndata:a\n\n", {{"a"}}},
    {"UnfinishedComment", "data:a\n\n: comment", {{"a"}}},

    // Fields.
    {"OnlyOneSpaceIsTakenAway", "data:  a \n\n", {{" a "}}},
    {"ATabIsNotTakenAway", "data:\ta\n\n", {{"\ta"}}},
    {"SpaceOnly", "data: \n\ndata:  \n\n", {{""}, {" "}}},
    {"ColonsInTheValue", "data::a\n\ndata: :a:\n\n", {{":a"}, {":a:"}}},
    {"FieldWithoutAColon", "data\ndata:a\nevent\nid\nretry\n\n", {{"\na"}}},
    {"UnknownFields", "dat:a\ndataa:b\ndata :c\nData:d\n data:e\nevents:f\nx\nids:1\nretry :1\ndata:z\n\n", {{"z"}}},
    {"NamesThatOnlyBegin", "d\nda\ndat\ne\nevent \ni\nr\nid :1\ndata:z\n\n", {{"z"}}},
    {"BytesBeyondAscii",
     "data:\xC3\xA9\xFF\x80\xE2\x80\xA8\nevent:\xC3\xA9\nid:\xFE\n\n",
     {{"\xC3\xA9\xFF\x80\xE2\x80\xA8", "\xC3\xA9", "\xFE"}}},
    {"NulInDataAndType", "data:a\0b\nevent:c\0d\n\n"sv, {{std::string("a\0b", 3), std::string("c\0d", 3)}}},
    {"OtherControlCharactersEndNoLine", "data:a\v\f\x85\x1C\n\n", {{"a\v\f\x85\x1C"}}},

    // Data.
    {"EmptyDataIsData", "data\n\ndata:\n\ndata: \n\n", {{""}, {""}, {""}}},
    {"EmptyDataLinesAreJoinedToo", "data:\ndata:a\ndata\ndata:\n\n", {{"\na\n\n"}}},
    {"BlockWithoutDataIsNoEvent", "event:a\nid:1\n\ndata:b\n\n", {{"b", "message", "1"}}},
    {"DataLinesApart", "data:a\nevent:t\nfoo\ndata:b\n:c\nid:1\ndata:c\n\n", {{"a\nb\nc", "t", "1"}}},

    // Types.
    {"TypeIsForOneEvent", "event:a\ndata:1\n\ndata:2\n\n", {{"1", "a"}, {"2"}}},
    {"LastTypeWins", "event:a\ndata:1\nevent: bc\n\n", {{"1", "bc"}}},
    {"EmptyTypeIsMessage", "event:a\nevent\ndata:1\n\n", {{"1"}}},
    {"TypeOfABlockWithoutDataIsForgotten", "event:a\n\ndata:1\n\nevent:b\n\ndata:2\n\n", {{"1"}, {"2"}}},

    // Ids.
    {"IdPersists",
     "id:7\ndata:a\n\ndata:b\n\nevent:e\ndata:c\n\n",
     {{"a", "message", "7"}, {"b", "message", "7"}, {"c", "e", "7"}}},
    {"IdIsReplaced",
     "id:7\ndata:a\n\nid: 89 \ndata:b\n\ndata:c\nid:10\n\n",
     {{"a", "message", "7"}, {"b", "message", "89 "}, {"c", "message", "10"}}},
    {"LastIdOfAnEventWins", "id:1\ndata:a\nid:2\n\n", {{"a", "message", "2"}}},
    {"EmptyIdResets", "id:7\ndata:a\n\nid\ndata:b\n\ndata:c\n\n", {{"a", "message", "7"}, {"b"}, {"c"}}},
    {"IdOfABlockWithoutDataCounts", "id:7\n\n\ndata:a\n\n", {{"a", "message", "7"}}},
    {"IdWithNulIsIgnored", "id:7\nid:8\0\nid:\0\nid:a\0b\ndata:a\n\n"sv, {{"a", "message", "7"}}},

    // Retries.
    {"RetryIsReportedOnce", "retry:10\ndata:a\n\ndata:b\n\n", {{"a", "message", "", milliseconds(10)}, {"b"}}},
    {"RetryWaitsForTheNextEvent",
     "retry: 10\n\n:c\n\ndata:a\n\ndata:b\n\n",
     {{"a", "message", "", milliseconds(10)}, {"b"}}},
    {"LastRetryWins", "retry:10\nretry:2\ndata:a\nretry:003\n\n", {{"a", "message", "", milliseconds(3)}}},
    {"RetryZero", "retry:0\ndata:a\n\n", {{"a", "message", "", milliseconds(0)}}},
    {"RetryIsDigitsOnly",
     "retry\nretry:\nretry: \nretry:  1\nretry:1 \nretry:-1\nretry:+1\nretry:1.5\nretry:0x1\nretry:1a\ndata:a\n\n",
     {{"a"}}},
    {"MalformedRetryKeepsTheOneBefore", "retry:5\nretry:a\ndata:a\n\n", {{"a", "message", "", milliseconds(5)}}},
    {"LargestRetry", "retry:9223372036854775807\ndata\n\n", {{"", "message", "", milliseconds::max()}}},
    {"NearlyTheLargestRetry",
     "retry:9223372036854775806\ndata\n\n",
     {{"", "message", "", milliseconds::max() - milliseconds(1)}}},
    {"RetrySaturates", "retry:9223372036854775808\ndata\n\n", {{"", "message", "", milliseconds::max()}}},
    {"RetryStaysSaturated", "retry:99999999999999999999999990\ndata\n\n", {{"", "message", "", milliseconds::max()}}},

    // Ends.
    {"UnfinishedEventIsDropped", "data:a\n\ndata:b\n", {{"a"}}, true},
    {"UnfinishedLineIsDropped", "data:a\n\ndata:b", {{"a"}}, true},
    {"UnfinishedBlockWithoutDataIsDropped", "data:a\n\nid:1\n", {{"a"}}, true},
    {"UnfinishedUnknownFieldIsDropped", "data:a\n\nx", {{"a"}}, true},
    {"CommentAfterAnUnfinishedEvent", "data:a\n:c\n", {}, true},
};

INSTANTIATE_TEST_SUITE_P(Standard, SseRules, ::testing::ValuesIn(rules),
                         [](const auto& tested) { return tested.param.name; });

TEST(SseLineEnds, MayBeMixed) {
  expect_parsed("data:a\r\ndata:b\rdata:c\n\r\n", {{"a\nb\nc"}}, false);
  expect_parsed("data:a\n\rdata:b\r\rdata:c\r\n\n", {{"a"}, {"b"}, {"c"}}, false);
  expect_parsed("data:a\r\n\rdata:b\n\r\ndata:c\r\r\n", {{"a"}, {"b"}, {"c"}}, false);
  expect_parsed(":a\rdata:b\n:c\r\n\r", {{"b"}}, false);
}

TEST(SseLineEnds, SwallowOneLineFeedOnly) {
  expect_parsed("data:a\r\n\n", {{"a"}}, false);
  expect_parsed("data\r\r\ndata\r\n\r\n", {{""}, {""}}, false);
  expect_parsed("\xEF\xBB\xBF\r\ndata:a\r\n\r\n", {{"a"}}, false);
}

TEST(SseLineEnds, LetNoEventWaitForTheNextChunk) {
  std::vector<OwnedEvent> events;
  const auto collect = [&](const SseEvent& event) { events.emplace_back(event); };
  SseParser parser;
  parser.feed("data:a\r\n\r", collect);
  EXPECT_EQ(events, std::vector<OwnedEvent>({{"a"}}));
  parser.feed("\ndata:b\r\r", collect);
  EXPECT_EQ(events, std::vector<OwnedEvent>({{"a"}, {"b"}}));
  parser.feed("data:c\n\n", collect);
  EXPECT_EQ(events, std::vector<OwnedEvent>({{"a"}, {"b"}, {"c"}}));
  EXPECT_FALSE(parser.finish());
}

}  // namespace
}  // namespace chatopen
