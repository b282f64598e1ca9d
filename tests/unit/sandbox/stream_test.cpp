#include "stream_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatopen::sandbox {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string done = "data:[DONE]\n\n";

std::string envelope(const std::string& answer) {
  return R"(data:{"code":"200","msg":"ok","data":{"answer":")" + answer + "\"}}\n\n";
}

TEST(SandboxStream, SendsEachEventAsAChunk) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection stream(sandbox);
  EXPECT_THAT(stream.receive_head(),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Type: text/event-stream\r\n"),
                    HasSubstr("Transfer-Encoding: chunked\r\n")));
  EXPECT_THAT(stream.receive_chunks(), ElementsAre(envelope("m "), envelope("received "), envelope("the "),
                                                   envelope("prompt "), envelope(R"(\"hi\")"), done));
  EXPECT_TRUE(stream.had_last_chunk());
}

TEST(SandboxStream, SendsCompletionsToTheMessagesFormIfAsked) {
  const Sandbox sandbox = Sandbox::start().value();
  const std::string messages = R"({"messages":[{"role":"user","content":"hi"}],"stream":)";
  StreamConnection stream(sandbox, "events=1", messages + "true}", messages_path);
  EXPECT_THAT(stream.receive_head(), HasSubstr("Content-Type: text/event-stream\r\n"));
  const std::vector<std::string> chunks = stream.receive_chunks();
  ASSERT_EQ(chunks.size(), 5U);
  EXPECT_THAT(chunks[1], AllOf(StartsWith("data: {"), HasSubstr("chat.completion.chunk"),
                               HasSubstr(R"x("content":"gpt-4o received 1 message: user: \"hi\" (stream: true)")x")));
  StreamConnection whole(sandbox, "", messages + "false}", messages_path);
  EXPECT_THAT(whole.receive_head(), HasSubstr("Content-Type: application/json\r\n"));
}

TEST(SandboxStream, KeepsTheConnection) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection stream(sandbox, "cut=end; text=a");
  (void)stream.receive_head();
  EXPECT_THAT(stream.receive_chunks(), ElementsAre(envelope("a")));
  EXPECT_TRUE(stream.had_last_chunk());
  stream.raw().send(raw_question(sandbox));
  EXPECT_THAT(stream.raw().receive_until("}}"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(sandbox.connections(), 1U);
  EXPECT_EQ(sandbox.requests(), 2U);
}

TEST(SandboxStream, ComesByteByByte) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection stream(sandbox, "chunk-bytes=1; text=%e7%8c%ab; heartbeat=1");
  (void)stream.receive_head();
  const std::vector<std::string> chunks = stream.receive_chunks();
  std::string body;
  for (const std::string& chunk : chunks) {
    EXPECT_EQ(chunk.size(), 1U);
    body += chunk;
  }
  EXPECT_EQ(body, ": keep-alive\n\n" + envelope("猫") + done);
}

TEST(SandboxStream, IsNotCompressed) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  connection.send(raw_call(sandbox, "/AIGCChatOpenServ/saas/m/stream", R"({"issue":"hi"})",
                           "Accept-Encoding: gzip, br\r\nAccept: image/png\r\n"));
  EXPECT_THAT(connection.receive_until("[DONE]"), AllOf(Not(HasSubstr("Content-Encoding")), HasSubstr("received")));
}

TEST(SandboxStream, RefusesBeforeItStreams) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection broken(sandbox, "", "{}");
  EXPECT_THAT(broken.receive_head(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("application/json")));
  StreamConnection impossible(sandbox, "text=a; cut-after=2");
  EXPECT_THAT(impossible.receive_head(), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(impossible.raw().receive_until("}"),
            R"({"code":"400","msg":"X-Sandbox-Reply: cut-after: the stream has fewer pieces: 1","data":null})");
}

TEST(SandboxStream, IsOneReplyIfAskedOrFailed) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection whole(sandbox, "stream=no");
  EXPECT_THAT(whole.receive_head(),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Content-Type: application/json\r\n")));
  StreamConnection failed(sandbox, "status=503; shape=html");
  EXPECT_THAT(failed.receive_head(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Content-Type: text/html\r\n")));
}

TEST(SandboxStream, IsCutByClosing) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection stream(sandbox, "cut-after=1; text=a b");
  (void)stream.receive_head();
  EXPECT_THAT(stream.receive_chunks(), ElementsAre(envelope("a ")));
  EXPECT_FALSE(stream.had_last_chunk());
  EXPECT_FALSE(stream.was_reset());
}

TEST(SandboxStream, IsCutByAReset) {
  const Sandbox sandbox = Sandbox::start().value();
  StreamConnection stream(sandbox, "cut-after=1; cut=reset; text=a b");
  (void)stream.receive_head();
  EXPECT_THAT(stream.receive_chunks(), ElementsAre(envelope("a ")));
  EXPECT_TRUE(stream.was_reset());
}

// The pauses below would last longer than a test may run.

TEST(SandboxStream, FreesItsThreadWhenTheClientCloses) {
  for (const char* directives : {"pace-ms=600000; text=a b", "linger-ms=600000; text=a"}) {
    const Sandbox sandbox = Sandbox::start({.max_connections = 1}).value();
    std::optional<StreamConnection> stream(std::in_place, sandbox, directives);
    (void)stream->receive_head();
    EXPECT_THAT(stream->receive_chunk(), StartsWith("data:"));
    stream.reset();
    EXPECT_EQ(SandboxCaller(sandbox).ask(), 200);
  }
}

// Its events are larger than what the system holds for a connection.
std::string prompt_of_many_words() {
  std::string prompt = R"({"issue":")";
  for (int i = 0; i < 300'000; ++i) prompt += "a ";
  return prompt + "\"}";
}

TEST(SandboxStream, FreesItsThreadWhenAClientThatDoesNotReadCloses) {
  const Sandbox sandbox = Sandbox::start({.max_connections = 1}).value();
  std::optional<StreamConnection> stream(std::in_place, sandbox, "chunk-bytes=1000", prompt_of_many_words());
  (void)stream->receive_head();
  stream.reset();
  EXPECT_EQ(SandboxCaller(sandbox).ask(), 200);
}

TEST(SandboxEnd, DoesNotWaitForStreams) {
  for (const char* directives : {"pace-ms=600000; text=a b", "linger-ms=600000; text=a b"}) {
    std::optional<Sandbox> sandbox = Sandbox::start().value();
    StreamConnection stream(*sandbox, directives);
    (void)stream.receive_head();
    EXPECT_EQ(stream.receive_chunk(), envelope("a "));
    sandbox.reset();
    (void)stream.receive_chunks();
    EXPECT_FALSE(stream.had_last_chunk());
  }
}

TEST(SandboxEnd, DoesNotWaitForStreamsThatNobodyReads) {
  std::optional<Sandbox> sandbox = Sandbox::start().value();
  StreamConnection stream(*sandbox, "chunk-bytes=1000", prompt_of_many_words());
  EXPECT_THAT(stream.receive_head(), StartsWith("HTTP/1.1 200 "));
  sandbox.reset();
}

TEST(SandboxStream, RunsBesideManyOthers) {
  constexpr std::size_t crowd = 200;
  const Sandbox sandbox = Sandbox::start({.max_connections = crowd + 1}).value();
  std::vector<std::unique_ptr<StreamConnection>> streams;
  for (std::size_t i = 0; i < crowd; ++i) {
    streams.push_back(std::make_unique<StreamConnection>(sandbox, "pace-ms=600000; text=a b"));
  }
  for (const auto& stream : streams) {
    (void)stream->receive_head();
    EXPECT_EQ(stream->receive_chunk(), envelope("a "));
  }
  EXPECT_EQ(SandboxCaller(sandbox).ask(), 200);
}

TEST(SandboxStream, IsWholeInACrowd) {
  constexpr std::size_t crowd = 128;
  const Sandbox sandbox = Sandbox::start().value();
  std::vector<std::unique_ptr<StreamConnection>> streams;
  for (std::size_t i = 0; i < crowd; ++i) {
    streams.push_back(std::make_unique<StreamConnection>(
        sandbox, "together=" + std::to_string(crowd) + "; pace-ms=1; chunk-bytes=25; text=" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < crowd; ++i) {
    (void)streams[i]->receive_head();
    EXPECT_EQ(streams[i]->receive_body(), envelope(std::to_string(i)) + done);
  }
}

}  // namespace
}  // namespace chatopen::sandbox
