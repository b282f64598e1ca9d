// What a stream is, whichever way it was asked for.

#include "client_fixture.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MockStreamEnd;

struct Way {
  Door door;
  bool poll_driven;
};

std::ostream& operator<<(std::ostream& stream, const Way& way) {
  const char* const names[] = {"blocking", "async", "pulled"};
  return stream << names[static_cast<int>(way.door)] << (way.poll_driven ? "_polled" : "");
}

class StreamRules : public ClientOverMock, public ::testing::WithParamInterface<Way> {
 protected:
  StreamRules() { mock = std::make_shared<testing::MockTransport>(testing::MockOptions{GetParam().poll_driven}); }

  Result<ChatReply> ask_with(const ClientOptions& with) {
    deltas.clear();
    return ask(GetParam().door, make(with), question(), deltas);
  }
  Result<ChatReply> ask_now() { return ask_with(options()); }
  Result<ChatReply> ask_for(std::vector<std::string> chunks, MockStreamEnd end = MockStreamEnd::complete) {
    mock->reply_stream(std::move(chunks), end);
    return ask_now();
  }
  void expect_text(const Result<ChatReply>& reply, const std::string& text) {
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->text(), text);
    EXPECT_EQ(joined(deltas), text);
  }
  void expect_failure(const Result<ChatReply>& reply, ErrorKind kind) {
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, kind) << reply.error();
    EXPECT_EQ(reply.error().attempts, 1);
  }

  std::vector<ChatDelta> deltas;
};

TEST_P(StreamRules, TheReplyIsWhatThePiecesAddUpTo) {
  const Result<ChatReply> reply =
      ask_for({answer_event("Once"), answer_event(" upon"), answer_event(" a"), done_event});
  expect_text(reply, "Once upon a");
  EXPECT_EQ(deltas.size(), 3u);
  EXPECT_EQ(reply->attempts(), 1);
}

TEST_P(StreamRules, TheSplitOfTheBytesDoesNotMatter) {
  const std::string whole = answer_event("Grüße") + answer_event(R"(\ud83d)") + answer_event(R"(\ude00!)") + done_event;
  std::vector<std::string> bytes;
  for (const char c : whole) bytes.emplace_back(1, c);
  expect_text(ask_for(std::move(bytes)), "Grüße\xF0\x9F\x98\x80!");
  expect_text(ask_for({whole}), "Grüße\xF0\x9F\x98\x80!");
}

TEST_P(StreamRules, ReasoningToolCallsFinishReasonAndUsageArrive) {
  const Result<ChatReply> reply = ask_for(
      {choice_event(R"({"delta":{"reasoning_content":"Let me "}})"),
       choice_event(R"({"delta":{"reasoning_content":"see."}})"), choice_event(R"({"delta":{"content":"Ask:"}})"),
       choice_event(
           R"({"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"look","arguments":"{\"at\":"}}]}})"),
       choice_event(R"({"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}})"),
       choice_event(R"({"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"go","arguments":"{}"}}]}})"),
       choice_event(R"({"delta":{},"finish_reason":"tool_calls"})"),
       "data:{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,\"total_tokens\":12}}\n\n",
       done_event});
  expect_text(reply, "Ask:");
  EXPECT_EQ(reply->reasoning(), "Let me see.");
  EXPECT_EQ(reply->finish_reason(), "tool_calls");
  EXPECT_EQ(reply->model(), "m-1");
  ASSERT_TRUE(reply->usage());
  EXPECT_EQ(reply->usage()->total_tokens, 12);
  ASSERT_EQ(reply->tool_calls().size(), 2u);
  EXPECT_EQ(reply->tool_calls()[0].id, "c1");
  EXPECT_EQ(reply->tool_calls()[0].name, "look");
  EXPECT_EQ(reply->tool_calls()[0].arguments, R"({"at":1})");
  EXPECT_EQ(reply->tool_calls()[1].name, "go");

  std::string reasoning;
  std::string arguments;
  std::string finish_reason;
  std::optional<Usage> usage;
  for (const ChatDelta& delta : deltas) {
    reasoning += delta.reasoning;
    if (delta.tool_call && delta.tool_call->index == 0) arguments += delta.tool_call->arguments;
    if (!delta.finish_reason.empty()) finish_reason = delta.finish_reason;
    if (delta.usage) usage = delta.usage;
  }
  EXPECT_EQ(reasoning, "Let me see.");
  EXPECT_EQ(arguments, R"({"at":1})");
  EXPECT_EQ(finish_reason, "tool_calls");
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->prompt_tokens, 7);
}

TEST_P(StreamRules, AWholeReplyIsOnePiece) {
  mock->reply({.headers = {{"Content-Type", "application/json"}}, .body = hi_envelope});
  const Result<ChatReply> reply = ask_now();
  expect_text(reply, "hi");
  EXPECT_EQ(deltas.size(), 1u);
  EXPECT_EQ(reply->raw(), hi_envelope);
}

TEST_P(StreamRules, AnErrorEventKeepsWhatCame) {
  const Result<ChatReply> reply = ask_for({answer_event("kept"),
                                           R"(data:{"code":"1001","msg":"model offline"})"
                                           "\n\n",
                                           answer_event("never")});
  expect_failure(reply, ErrorKind::api);
  EXPECT_EQ(reply.error().code, "1001");
  EXPECT_THAT(reply.error().message, HasSubstr("model offline"));
  EXPECT_EQ(joined(deltas), "kept");
}

TEST_P(StreamRules, AMalformedEventKeepsWhatCame) {
  const Result<ChatReply> reply = ask_for({answer_event("kept"), "data:{nonsense\n\n", answer_event("never")});
  expect_failure(reply, ErrorKind::protocol);
  EXPECT_TRUE(reply.error().maybe_processed);
  EXPECT_EQ(joined(deltas), "kept");
}

TEST_P(StreamRules, NothingCountsBehindTheEnd) {
  expect_text(ask_for({answer_event("a"), done_event + answer_event("b"), answer_event("c")}), "a");
  expect_text(ask_for({answer_event("a"), done_event, "data:{nonsense\n\n"}), "a");
}

TEST_P(StreamRules, AConnectionThatClosesProvesNothing) {
  const Result<ChatReply> reply = ask_for({answer_event("cut")}, MockStreamEnd::connection_closed);
  expect_failure(reply, ErrorKind::truncated);
  EXPECT_TRUE(reply.error().maybe_processed);
  EXPECT_EQ(joined(deltas), "cut");
}

TEST_P(StreamRules, AFinishReasonShowsTheEndOfAConnectionThatCloses) {
  const std::string last = choice_event(R"({"delta":{"content":"b"},"finish_reason":"stop"})");
  for (const MockStreamEnd end : {MockStreamEnd::connection_closed, MockStreamEnd::reset}) {
    const Result<ChatReply> reply = ask_for({choice_event(R"({"delta":{"content":"a"}})"), last}, end);
    expect_text(reply, "ab");
    EXPECT_EQ(reply->finish_reason(), "stop");
  }
}

TEST_P(StreamRules, TheMarkOfTheEndSufficesHoweverTheConnectionEnds) {
  for (const MockStreamEnd end : {MockStreamEnd::connection_closed, MockStreamEnd::reset, MockStreamEnd::stall}) {
    expect_text(ask_for({answer_event("a"), done_event}, end), "a");
  }
}

TEST_P(StreamRules, AProvenEndNeedsNoMark) {
  expect_text(ask_for({answer_event("a"), answer_event("b")}), "ab");
}

TEST_P(StreamRules, AnUnterminatedMarkCountsAtAProvenEnd) {
  expect_text(ask_for({answer_event("a"), "data:[DONE]"}), "a");
  expect_text(ask_for({answer_event("a"), "data: [DONE]\n"}), "a");
  expect_failure(ask_for({answer_event("a"), "data:[DONE]"}, MockStreamEnd::connection_closed), ErrorKind::truncated);
}

TEST_P(StreamRules, AnUnfinishedLastEventIsACut) {
  std::string unfinished = answer_event("b");
  unfinished.pop_back();
  for (const std::size_t length : {unfinished.size(), unfinished.size() - 1, std::size_t{9}}) {
    const Result<ChatReply> reply = ask_for({answer_event("a"), unfinished.substr(0, length)});
    expect_failure(reply, ErrorKind::truncated);
    EXPECT_EQ(joined(deltas), "a");
  }
}

TEST_P(StreamRules, AResetKeepsWhatCameAndIsNotRepeated) {
  mock->reply_stream({answer_event("a"), answer_event("b")}, MockStreamEnd::reset);
  mock->reply_stream({answer_event("other"), done_event});
  ClientOptions eager = options();
  eager.retry.retry_ambiguous = true;
  const Result<ChatReply> reply = ask_with(eager);
  expect_failure(reply, ErrorKind::truncated);
  EXPECT_TRUE(reply.error().maybe_processed);
  EXPECT_EQ(joined(deltas), "ab");
  EXPECT_EQ(mock->requests().size(), 1u);
}

TEST_P(StreamRules, ARefusalBehindAPieceIsNotRepeated) {
  mock->reply_stream({answer_event("a"), R"(data:{"code":"503","msg":"busy"})"
                                         "\n\n"});
  mock->reply_stream({answer_event("other"), done_event});
  const Result<ChatReply> reply = ask_now();
  expect_failure(reply, ErrorKind::server_error);
  EXPECT_TRUE(reply.error().maybe_processed);
  EXPECT_EQ(joined(deltas), "a");
  EXPECT_EQ(mock->requests().size(), 1u);
}

TEST_P(StreamRules, ARefusalBeforeAPieceIsRepeated) {
  // Nobody moves the clock while a driven call is waited for.
  ClientOptions at_once = options();
  at_once.retry.initial_backoff = std::chrono::milliseconds(0);
  mock->fail(TransportFailure::connect);
  mock->reply_stream({R"(data:{"code":"503","msg":"busy"})"
                      "\n\n"});
  mock->reply_stream({answer_event("a"), done_event});
  const Result<ChatReply> reply = ask_with(at_once);
  expect_text(reply, "a");
  EXPECT_EQ(reply->attempts(), 3);
}

TEST_P(StreamRules, AnErrorStatusIsAnErrorLikeAnyOther) {
  mock->reply({.status = 401, .body = R"({"code":"401","msg":"who are you"})"});
  const Result<ChatReply> reply = ask_now();
  expect_failure(reply, ErrorKind::authentication);
  EXPECT_EQ(reply.error().http_status, 401);
  EXPECT_TRUE(deltas.empty());
}

TEST_P(StreamRules, AStreamWithoutAnEventBreaksTheProtocol) {
  expect_failure(ask_for({}), ErrorKind::protocol);
  expect_failure(ask_for({": only comments\n\n"}), ErrorKind::protocol);
  expect_failure(ask_for({}, MockStreamEnd::connection_closed), ErrorKind::truncated);
}

TEST_P(StreamRules, AStreamThatOnlyEndsIsAnEmptyReply) {
  expect_text(ask_for({done_event}), "");
  EXPECT_TRUE(deltas.empty());
}

TEST_P(StreamRules, AHalfCharacterThatStaysAloneIsReplacedAtTheEnd) {
  expect_text(ask_for({answer_event(R"(a\ud83d)"), done_event}), "a\xEF\xBF\xBD");
  expect_text(ask_for({answer_event(R"(a\ud83d)")}), "a\xEF\xBF\xBD");
}

TEST_P(StreamRules, AnEventIsHeldToItsCap) {
  ClientOptions small = options();
  small.limits.max_event_bytes = 200;
  mock->reply_stream({answer_event("a"), "data:" + std::string(300, 'x')});
  const Result<ChatReply> reply = ask_with(small);
  expect_failure(reply, ErrorKind::too_large);
  EXPECT_EQ(joined(deltas), "a");
}

TEST_P(StreamRules, AnIdleStreamTimesOutAndKeepsWhatCame) {
  const Result<ChatReply> reply = ask_for({answer_event("a")}, MockStreamEnd::stall);
  expect_failure(reply, ErrorKind::timeout);
  EXPECT_EQ(joined(deltas), "a");
}

TEST_P(StreamRules, TheContentTypeMayHaveParametersAndAnyCase) {
  mock->reply_chunked({.headers = {{"content-type", "Text/Event-Stream ; charset=utf-8"}}},
                      {answer_event("a"), done_event});
  expect_text(ask_now(), "a");
}

TEST_P(StreamRules, TheIdentifierOfTheHeaderServesWhereNoEventHasOne) {
  mock->reply_chunked({.headers = {{"Content-Type", "text/event-stream"}, {"X-Request-Id", "r-7"}}},
                      {answer_event("a"), done_event});
  const Result<ChatReply> reply = ask_now();
  expect_text(reply, "a");
  EXPECT_EQ(reply->request_id(), "r-7");
}

INSTANTIATE_TEST_SUITE_P(EveryWay, StreamRules,
                         ::testing::Values(Way{Door::blocking, false}, Way{Door::async, false},
                                           Way{Door::pulled, false}, Way{Door::async, true}, Way{Door::pulled, true}),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace chatopen
