#include "../allocation_failure.hpp"
#include "stream/reply_builder.hpp"

#include <chatopen/sse.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace chatopen {
namespace {

TEST(AllocationFailures, Row67IsSurvivedWhileParsingEvents) {
  const std::string long_line(5000, 'x');
  const std::string stream =
      "\xEF\xBB\xBFid: an identifier that is not short\nevent: a type that is not short\ndata: " + long_line +
      "\n\n:a comment\r\ndata: one line\rdata: and another that is long\r\r" + "retry: 10\ndata:" + long_line +
      "\ndata\n\n";
  const std::string expected = long_line + "|one line\nand another that is long|" + long_line + "\n|";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, stream.size()}) {
    SCOPED_TRACE(chunk);
    expect_survives_allocation_failures([&] {
      std::string told;
      told.reserve(expected.size());
      SseParser parser;
      std::string_view rest = stream;
      while (!rest.empty()) {
        const std::string_view piece = rest.substr(0, chunk);
        rest.remove_prefix(piece.size());
        if (!parser.feed(piece, [&](const SseEvent& event) { told.append(event.data).append("|"); })) {
          return Outcome::wrong;
        }
      }
      return !parser.finish() && told == expected ? Outcome::right : Outcome::wrong;
    });
  }
}

// As `feed` documents it: the rest of the bytes is lost, which `finish` tells.
TEST(AllocationFailures, Row67ParserThatRanOutOfMemoryHasStopped) {
  const std::string line = "data: " + std::string(5000, 'x');
  SseParser parser;
  const auto ignore = [](const SseEvent&) {};
  bool thrown = false;
  {
    const AllocationFailure failure(1);
    try {
      parser.feed(line, ignore);
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
  }
  EXPECT_TRUE(thrown);
  EXPECT_FALSE(parser.feed("\n\ndata: more\n\n", ignore));
  EXPECT_TRUE(parser.finish());
  std::string data;
  EXPECT_TRUE(parser.feed("data: new\n\n", [&](const SseEvent& event) { data = event.data; }));
  EXPECT_EQ(data, "new");
}

TEST(AllocationFailures, Row67IsSurvivedWhileBuildingAReply) {
  const std::string piece(300, 'x');
  expect_survives_allocation_failures([&] {
    stream::ReplyBuilder builder;
    ChatDelta delta;
    for (int i = 0; i < 20; ++i) {
      delta.text = piece;
      delta.reasoning = piece;
      delta.tool_call = ToolCallDelta{.index = i % 3, .id = piece, .name = piece, .arguments = piece};
      delta.finish_reason = piece;
      builder.add(delta);
    }
    ChatReply::Fields fields;
    builder.finish(fields);
    std::size_t seen = 0;
    auto on_delta = [&](const ChatDelta& each) { seen += each.text.size(); };
    if (!stream::emit_whole(fields, detail::DeltaCallback(on_delta))) return Outcome::wrong;
    const bool whole = fields.text.size() == 20 * piece.size() && fields.reasoning == fields.text && seen == 6000 &&
                       fields.tool_calls.size() == 3 && fields.tool_calls[0].arguments.size() == 7 * piece.size() &&
                       fields.finish_reason == piece;
    return whole ? Outcome::right : Outcome::wrong;
  });
}

}  // namespace
}  // namespace chatopen
