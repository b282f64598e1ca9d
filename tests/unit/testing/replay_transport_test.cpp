#include <chatopen/chatopen.hpp>
#include <chatopen/testing/replay_transport.hpp>

#include "../temporary_directory.hpp"
#include "testing/cassette.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string path_of_chat = "/AIGCChatOpenServ/saas/gpt-4o/text/v3";

CassetteRecord record_of(const std::string& asked, const std::string& answer) {
  return {.method = "POST",
          .url = "https://recorded.example" + path_of_chat,
          .request_body = {{"json", {{"messages", {{{"role", "user"}, {"content", asked}}}}}}},
          .status = 200,
          .chunks = {R"({"code":"200","data":{"answer":")" + answer + "\"}}"}};
}

ChatRequest ask(const std::string& question) {
  return {.endpoint = endpoints::gpt_4o(), .messages = {Message::user(question)}};
}

class Replay : public ::testing::Test {
 protected:
  void open(const std::vector<CassetteRecord>& records, ReplayOptions options = {}) {
    path = directory.write("cassette.json", write_cassette(records));
    replay = ReplayTransport::open(path, std::move(options)).value();
    client.emplace(ChatClient::create({.base_url = "https://other.example",
                                       .credentials = {"other-id", "canary-secret"},
                                       .transport = replay,
                                       .retry = RetryPolicy::none()})
                       .value());
  }
  [[nodiscard]] std::string answer(const ChatRequest& request) const {
    const auto reply = client->chat(request);
    return reply ? reply->text() : to_string(reply.error());
  }

  TemporaryDirectory directory;
  std::string path;
  std::shared_ptr<ReplayTransport> replay;
  std::optional<ChatClient> client;
};

TEST_F(Replay, AnswersInOrderWhateverTheHost) {
  open({record_of("a", "1"), record_of("b", "2")});
  EXPECT_EQ(answer(ask("a")), "1");
  EXPECT_EQ(replay->unused().size(), 1u);
  EXPECT_EQ(answer(ask("b")), "2");
  EXPECT_THAT(replay->unused(), IsEmpty());
  EXPECT_TRUE(replay->check());
}

TEST_F(Replay, ExplainsAMismatch) {
  CassetteRecord record = record_of("Why is the sky blue?", "1");
  record.request_body["json"]["seed"] = 1;
  open({record});
  ChatRequest request = ask("Why is the sky red?");
  request.temperature = 0.5;
  const auto reply = client->chat(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::configuration);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_EQ(
      reply.error().message,
      "'" + path + "' has no record for POST " + path_of_chat +
          ": the next one, record 0 in line 4, differs in /messages/0/content: recorded \"Why is the sky blue?\", "
          "sent \"Why is the sky red?\"; /seed: recorded 1, not sent; /temperature: not recorded, sent 0.5");
  const auto mismatches = replay->mismatches();
  ASSERT_EQ(mismatches.size(), 1u);
  EXPECT_EQ(mismatches[0].nearest, 0u);
  EXPECT_EQ(mismatches[0].message, reply.error().message);
  EXPECT_THAT(mismatches[0].sent.url, HasSubstr("https://other.example/"));
  ASSERT_EQ(mismatches[0].differences.size(), 3u);
  EXPECT_EQ(mismatches[0].differences[1].where, "/seed");
  EXPECT_EQ(mismatches[0].differences[1].recorded, "1");
  EXPECT_EQ(mismatches[0].differences[1].sent, "");
  const auto check = replay->check();
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().message, mismatches[0].message);
}

TEST_F(Replay, ShowsWhereLongTextsDiffer) {
  open({record_of(std::string(500, 'x') + "一 left " + std::string(100, 'z'), "")});
  EXPECT_THAT(answer(ask(std::string(500, 'x') + "一 right " + std::string(100, 'z'))),
              ::testing::AllOf(HasSubstr("recorded \"…xxxxxxxxxxxxxxxx一 left zzz"), HasSubstr("sent \"…x"),
                               Not(HasSubstr(std::string(70, 'x')))));
}

TEST_F(Replay, HidesCredentialsInItsExplanation) {
  open({record_of("a", "1")});
  EXPECT_THAT(answer(ask("canary-secret")), HasSubstr("sent \"[redacted]\""));
  EXPECT_THAT(replay->mismatches().at(0).message, Not(HasSubstr("canary")));
  // Neither where an excerpt ends within one.
  for (std::size_t before = 30; before < 60; ++before) {
    EXPECT_THAT(answer(ask(std::string(before, 'x') + "canary-secret and more")), Not(HasSubstr("xcan")));
    EXPECT_THAT(answer(ask("a" + std::string(before, 'x') + "canary-secret and more")), Not(HasSubstr("xcan")));
  }
}

TEST_F(Replay, HidesTheQueryInItsExplanation) {
  class NoSink final : public ResponseSink {
   public:
    SinkAction on_head(int, const std::vector<HttpHeader>&) override { return SinkAction::proceed; }
    SinkAction on_body(std::string_view) override { return SinkAction::proceed; }
  };
  open({record_of("a", "1")});
  NoSink sink;
  HttpRequest request;
  request.method = "GET";
  request.url = "https://x.example/b.png?sig=TOPSECRET";
  const TransportOutcome outcome = replay->perform(request, sink, {});
  EXPECT_THAT(outcome.message, HasSubstr("path: recorded " + path_of_chat + ", sent /b.png?sig=[redacted]; "));
  EXPECT_THAT(outcome.message, Not(HasSubstr("TOPSECRET")));
}

TEST_F(Replay, TellsMethodPathAndFormApart) {
  CassetteRecord record = record_of("a", "1");
  record.method = "GET";
  record.url = "https://recorded.example/other?x=1";
  record.request_body = {{"text", "a"}};
  open({record});
  const std::string error = answer(ask("a"));
  EXPECT_THAT(error, HasSubstr("method: recorded GET, sent POST; path: recorded /other?x=1, sent " + path_of_chat));
  EXPECT_THAT(error, HasSubstr("body: recorded {\"text\":\"a\"}, sent {\"json\":{"));
}

TEST_F(Replay, SaysWhenTheOrderIsNotTheRecorded) {
  open({record_of("a", "1"), record_of("b", "2")});
  EXPECT_THAT(answer(ask("b")), HasSubstr("record 1 in line 36 matches, but comes later: Matching::any_order ignores"));
}

TEST_F(Replay, SaysWhenRecordsAreUsedUp) {
  open({record_of("a", "1")});
  EXPECT_EQ(answer(ask("a")), "1");
  EXPECT_THAT(answer(ask("a")), HasSubstr("each of its records has been used (record 0 in line 4 matches, but has been "
                                          "used: with ReplayOptions::reuse it answers again)"));
  EXPECT_EQ(replay->mismatches().at(0).nearest, ReplayMismatch::no_record);
}

TEST_F(Replay, OfAnEmptyCassetteSaysSo) {
  open({});
  EXPECT_THAT(answer(ask("a")), HasSubstr("it is empty"));
}

TEST_F(Replay, NamesWhatWasNotAskedFor) {
  open({record_of("a", "1"), record_of("b", "2")});
  EXPECT_EQ(answer(ask("a")), "1");
  const auto unused = replay->unused();
  ASSERT_EQ(unused.size(), 1u);
  EXPECT_EQ(unused[0].index, 1u);
  EXPECT_EQ(unused[0].line, 36u);
  EXPECT_EQ(unused[0].method, "POST");
  EXPECT_EQ(replay->check().error().message, "'" + path +
                                                 "': 1 of 2 records were not asked for; the first is record 1 in line "
                                                 "36, POST https://recorded.example" +
                                                 path_of_chat);
}

TEST_F(Replay, InAnyOrderFindsEachOnce) {
  open({record_of("a", "1"), record_of("b", "2"), record_of("a", "3")}, {.matching = Matching::any_order});
  EXPECT_EQ(answer(ask("b")), "2");
  EXPECT_EQ(answer(ask("a")), "1");
  EXPECT_EQ(answer(ask("a")), "3");
  EXPECT_THAT(answer(ask("a")), HasSubstr("each of its records has been used"));
}

TEST_F(Replay, NamesTheNearestRecord) {
  CassetteRecord far = record_of("x", "1");
  far.url = "https://recorded.example/elsewhere";
  open({far, record_of("b", "2")}, {.matching = Matching::any_order});
  EXPECT_THAT(answer(ask("c")), HasSubstr("the nearest, record 1 in line 36, differs in /messages/0/content"));
  EXPECT_EQ(replay->mismatches().at(0).nearest, 1u);
}

TEST_F(Replay, ByPathIgnoresTheBody) {
  open({record_of("a", "1")}, {.matching = Matching::path});
  EXPECT_EQ(answer(ask("anything")), "1");
}

TEST_F(Replay, ByPathStillWantsThePath) {
  open({record_of("a", "1")}, {.matching = Matching::path});
  ChatRequest request = ask("a");
  request.endpoint = endpoints::deepseek_chat();
  EXPECT_THAT(answer(request), HasSubstr("differs in path: recorded " + path_of_chat));
}

TEST_F(Replay, ReusesRecordsWhenItMay) {
  open({record_of("a", "1"), record_of("b", "2")}, {.reuse = true});
  EXPECT_EQ(answer(ask("a")), "1");
  EXPECT_EQ(answer(ask("a")), "1");
  EXPECT_EQ(answer(ask("b")), "2");
  EXPECT_EQ(answer(ask("a")), "1");
}

TEST_F(Replay, AsksTheMatcher) {
  std::vector<std::string> seen;
  open({record_of("a", "1"), record_of("b", "2")},
       {.matcher = [&seen](const RecordedRequest& recorded, const RecordedRequest& sent) {
         seen.push_back(recorded.method + recorded.body);
         return sent.body.find("second") != std::string::npos && recorded.body.find("\"b\"") != std::string::npos;
       }});
  EXPECT_EQ(answer(ask("the second")), "2");
  EXPECT_THAT(seen, ElementsAre(R"(POST{"messages":[{"role":"user","content":"a"}]})",
                                R"(POST{"messages":[{"role":"user","content":"b"}]})"));
  EXPECT_THAT(answer(ask("a")), HasSubstr("the nearest, record 0 in line 4, was refused by the matcher"));
}

TEST_F(Replay, TakesWhatWasHiddenForAnything) {
  CassetteRecord record = record_of("I am [redacted], and [redacted].", "1");
  record.request_body["json"]["user"] = "[redacted]";
  open({record, record_of("b", "2")});
  ChatRequest request = ask("I am Bob, and Alice.");
  request.extra = R"({"user":{"id":7}})";
  EXPECT_EQ(answer(request), "1");
  EXPECT_EQ(answer(ask("b")), "2");
}

TEST_F(Replay, TakesWhatWasHiddenForNothingElse) {
  open({record_of("I am [redacted].", "1")});
  EXPECT_THAT(answer(ask("I was Bob.")), HasSubstr("/messages/0/content"));
  EXPECT_THAT(answer(ask("I am Bob!")), HasSubstr("/messages/0/content"));
  EXPECT_EQ(answer(ask("I am .")), "1");
}

TEST_F(Replay, IgnoresTheOrderOfMembers) {
  CassetteRecord record = record_of("a", "1");
  record.request_body = {{"json", {{"temperature", 1}, {"messages", {{{"content", "a"}, {"role", "user"}}}}}}};
  open({record});
  ChatRequest request = ask("a");
  request.temperature = 1.0;
  EXPECT_EQ(answer(request), "1");
}

TEST_F(Replay, EndsAsItWasRecorded) {
  CassetteRecord lost = record_of("a", "");
  lost.chunks = {"data:{\"code\":\"200\",\"data\":{\"answer\":\"hal\"}}\n\n"};
  lost.reply_headers = {{"Content-Type", "text/event-stream"}};
  CassetteRecord stopped = lost;
  CassetteRecord closed = lost;
  CassetteRecord finished = lost;
  lost.failure = TransportOutcome{
      .failure = TransportFailure::idle_timeout, .request_bytes_written = true, .message = "as recorded"};
  stopped.end = RecordedEnd::stopped;
  closed.end = RecordedEnd::connection_closed;
  finished.end = RecordedEnd::finished;
  CassetteRecord refused{.method = "POST", .url = lost.url, .request_body = lost.request_body};
  refused.failure = TransportOutcome{.failure = TransportFailure::connect, .message = "refused"};
  open({lost, stopped, closed, finished, refused}, {.matching = Matching::path});

  std::string heard;
  const auto stream = [&] { return client->chat(ask("a"), [&](const ChatDelta& delta) { heard += delta.text; }); };
  const auto first = stream();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::timeout);
  EXPECT_EQ(first.error().detail, "as recorded");
  EXPECT_EQ(heard, "hal");
  const auto second = stream();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::truncated);
  EXPECT_THAT(second.error().detail, HasSubstr("where its recording was stopped"));
  const auto third = stream();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::truncated);
  EXPECT_TRUE(stream());
  const auto last = stream();
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().kind, ErrorKind::connect);
  EXPECT_FALSE(last.error().maybe_processed);
}

// Through each door, chunk by chunk.
CassetteRecord streamed() {
  CassetteRecord record = record_of("a", "");
  record.chunks.clear();
  for (const char* const piece : {"one ", "two ", "three"}) {
    record.chunks.push_back(std::string(R"(data:{"code":"200","data":{"answer":")") + piece + "\"}}\n\n");
  }
  record.chunks.emplace_back("data:[DONE]\n\n");
  record.reply_headers = {{"Content-Type", "text/event-stream"}};
  return record;
}

TEST_F(Replay, StreamsOnTheCallersThread) {
  open({streamed()}, {.matching = Matching::path});
  std::vector<std::string> pieces;
  ASSERT_TRUE(client->chat(ask("a"), [&](const ChatDelta& delta) { pieces.push_back(delta.text); }));
  EXPECT_THAT(pieces, ElementsAre("one ", "two ", "three"));
}

TEST_F(Replay, StreamsToAReaderThatPauses) {
  open({streamed()}, {.matching = Matching::path});
  ChatStream stream = client->stream(ask("a"));
  std::vector<std::string> pieces;
  for (const ChatDelta& delta : stream) pieces.push_back(delta.text);
  EXPECT_THAT(pieces, ElementsAre("one ", "two ", "three"));
  EXPECT_EQ(stream.finish().value().text(), "one two three");
}

TEST_F(Replay, StreamsWithinPoll) {
  open({streamed()}, {.matching = Matching::path, .poll_driven = true});
  std::vector<std::string> pieces;
  auto pending = client->stream_async(ask("a"), [&](const ChatDelta& delta) { pieces.push_back(delta.text); });
  EXPECT_THAT(pieces, IsEmpty());
  while (client->poll()) {
  }
  EXPECT_THAT(pieces, ElementsAre("one ", "two ", "three"));
  EXPECT_EQ(std::move(pending).get().value().text(), "one two three");
}

TEST_F(Replay, IsCancelledBetweenChunks) {
  open({streamed(), streamed()}, {.matching = Matching::path});
  CancelSource cancel;
  std::vector<std::string> pieces;
  const auto reply = client->chat(ask("a"),
                                  [&](const ChatDelta& delta) {
                                    pieces.push_back(delta.text);
                                    cancel.cancel();
                                  },
                                  {.cancel = cancel.token()});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_THAT(pieces, ElementsAre("one "));
}

TEST_F(Replay, IsCancelledWithinACallback) {
  open({streamed()}, {.matching = Matching::path, .poll_driven = true});
  std::vector<std::string> pieces;
  Pending<ChatReply>* call = nullptr;
  auto pending = client->stream_async(ask("a"), [&](const ChatDelta& delta) {
    pieces.push_back(delta.text);
    call->cancel();
  });
  call = &pending;
  while (client->poll()) {
  }
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
  EXPECT_THAT(pieces, ElementsAre("one "));
}

TEST(ReplayTransportOpen, SaysWhatIsWrongWithTheFile) {
  const TemporaryDirectory directory;
  const auto missing = ReplayTransport::open(directory.path_of("no.json"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
  EXPECT_THAT(to_string(missing.error()), HasSubstr("no.json'"));
  const auto is_directory = ReplayTransport::open(directory.path_of(""));
  ASSERT_FALSE(is_directory);
  EXPECT_EQ(is_directory.error().kind, ErrorKind::io);
  const auto broken = ReplayTransport::open(directory.write("broken.json", "{\n  \"version\": 1\n}"));
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("broken.json', line 1, column 1: /records is missing"));
}

}  // namespace
}  // namespace chatopen::testing
