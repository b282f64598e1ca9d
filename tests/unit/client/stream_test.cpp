#include "client_fixture.hpp"
#include "stream_pieces.hpp"

#include <chatopen/json.hpp>

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::HasSubstr;

class PushedStream : public ClientOverMock {
 protected:
  void script_three() { mock->reply_stream({answer_event("a"), answer_event("b"), answer_event("c"), done_event}); }
};

TEST_F(PushedStream, GivesThePiecesToACallableThatReturnsNothing) {
  script_three();
  std::string text;
  const Result<ChatReply> reply = make().chat(question(), [&](const ChatDelta& delta) { text += delta.text; });
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(text, "abc");
  EXPECT_EQ(reply->text(), "abc");
}

TEST_F(PushedStream, GoesOnWhileTheCallableReturnsTrue) {
  script_three();
  const Result<ChatReply> reply = make().chat(question(), [](const ChatDelta&) { return true; });
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text(), "abc");
}

TEST_F(PushedStream, GoesOnWhateverElseTheCallableReturns) {
  script_three();
  std::string text;
  const Result<ChatReply> reply =
      make().chat(question(), [&](const ChatDelta& delta) -> std::string& { return text += delta.text; });
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(text, "abc");
}

TEST_F(PushedStream, TakesAMutableCallableByReference) {
  script_three();
  script_three();
  int pieces = 0;
  auto count = [pieces](const ChatDelta&) mutable { return ++pieces < 5; };
  ASSERT_TRUE(make().chat(question(), count));
  // The same object, not a copy, hears of the second call: its fifth piece is the second of this one.
  const Result<ChatReply> second = make().chat(question(), count);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->text(), "ab");
}

TEST_F(PushedStream, TakesAConstantCallable) {
  script_three();
  std::string text;
  const auto keep = [&text](const ChatDelta& delta) { text += delta.text; };
  ASSERT_TRUE(make().chat(question(), keep));
  EXPECT_EQ(text, "abc");
}

TEST_F(PushedStream, TakesACallableThatOnlyMoves) {
  script_three();
  script_three();
  auto kept = std::make_shared<std::string>();
  const auto mover = [&kept] {
    return [kept, only = std::make_unique<int>(0)](const ChatDelta& delta) { *kept += delta.text; };
  };
  ASSERT_TRUE(make().chat(question(), mover()));
  ASSERT_TRUE(make().stream_async(question(), mover()).get());
  EXPECT_EQ(*kept, "abcabc");
}

TEST_F(PushedStream, DestroysTheCallableOfAnAsynchronousCallWithItsEnd) {
  script_three();
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  const ChatClient client = make();
  Pending<ChatReply> pending = client.stream_async(question(), [held = std::move(held)](const ChatDelta&) {});
  pending.wait();
  EXPECT_TRUE(watched.expired());
}

TEST_F(PushedStream, StopsWithoutAnErrorAndReturnsWhatCame) {
  for (const bool async : {false, true}) {
    script_three();
    int pieces = 0;
    const auto two = [&pieces](const ChatDelta&) { return ++pieces < 2; };
    const Result<ChatReply> reply = async ? make().stream_async(question(), two).get() : make().chat(question(), two);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(pieces, 2) << "no callback after one that said stop";
    EXPECT_EQ(reply->text(), "ab");
    EXPECT_EQ(reply->attempts(), 1);
  }
  EXPECT_EQ(mock->requests().size(), 2u);
}

TEST_F(PushedStream, StopsWithinAChunkOfManyEvents) {
  mock->reply_stream({answer_event("a") + answer_event("b") + answer_event("c") + done_event});
  int pieces = 0;
  const Result<ChatReply> reply = make().chat(question(), [&](const ChatDelta&) { return ++pieces < 1; });
  ASSERT_TRUE(reply);
  EXPECT_EQ(pieces, 1);
  EXPECT_EQ(reply->text(), "a");
}

TEST_F(PushedStream, StopsBeforeAnErrorThatWouldHaveCome) {
  mock->reply_stream({answer_event("a"), "data:{\"code\":\"500\",\"msg\":\"late\"}\n\n"});
  const Result<ChatReply> reply = make().chat(question(), [](const ChatDelta&) { return false; });
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text(), "a");
}

TEST_F(PushedStream, AsksForAStreamInTheBodyOfTheMessagesForm) {
  script_three();
  ASSERT_TRUE(make().chat(question(), [](const ChatDelta&) {}));
  EXPECT_EQ(nlohmann::json::parse(mock->requests()[0].body)["stream"], true);
}

TEST_F(PushedStream, DoesNotAskTwiceWhenExtraSaysSomethingElse) {
  mock->reply({.body = hi_envelope});
  ChatRequest request = question();
  request.extra = R"({"stream":false})";
  ASSERT_TRUE(make().chat(request, [](const ChatDelta&) {}));
  const std::string body = mock->requests()[0].body;
  EXPECT_EQ(nlohmann::json::parse(body)["stream"], false);
  EXPECT_EQ(body.find("\"stream\""), body.rfind("\"stream\""));
}

TEST_F(PushedStream, AsksInTheBodyOfNoOtherFormOrCall) {
  script_three();
  ChatRequest request = question();
  request.endpoint = endpoints::deepseek_chat_streaming();
  ASSERT_TRUE(make().chat(request, [](const ChatDelta&) {}));
  EXPECT_EQ(nlohmann::json::parse(mock->requests()[0].body), nlohmann::json::parse(R"({"issue":"hello"})"));

  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make().chat(question()));
  EXPECT_FALSE(nlohmann::json::parse(mock->requests()[1].body).contains("stream"));
}

TEST_F(PushedStream, AcceptsEventsUncompressedAndStillJson) {
  for (const Door door : {Door::blocking, Door::async, Door::pulled}) {
    script_three();
    std::vector<ChatDelta> deltas;
    ASSERT_TRUE(ask(door, make(), question(), deltas));
    EXPECT_EQ(mock->requests().back().header("Accept"), "text/event-stream, application/json");
    EXPECT_EQ(mock->requests().back().header("Accept-Encoding"), "identity");
  }
  mock->reply({.body = hi_envelope});
  ASSERT_TRUE(make().chat(question()));
  EXPECT_EQ(mock->requests().back().header("Accept"), "application/json");
  EXPECT_EQ(mock->requests().back().header("Accept-Encoding"), "");
}

TEST_F(PushedStream, AssemblesAnEventStreamThatAnswersAPlainCall) {
  script_three();
  const Result<ChatReply> reply = make().chat(question());
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text(), "abc");
  script_three();
  const Result<ChatReply> async = make().chat_async(question()).get();
  ASSERT_TRUE(async);
  EXPECT_EQ(async->text(), "abc");
}

TEST_F(PushedStream, RetriesAPlainCallWhosePiecesNobodySaw) {
  mock->reply_stream({answer_event("lost"), "data:{\"code\":\"503\",\"msg\":\"busy\"}\n\n"});
  script_three();
  const Result<ChatReply> reply = make().chat(question(), {.retry = RetryPolicy{.retry_ambiguous = true}});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text(), "abc");
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(PushedStream, GivesTheCallersExceptionToTheCallerOnce) {
  struct Mine {};
  for (const bool async : {false, true}) {
    mock->reply_stream({answer_event("a"), answer_event("b"), done_event});
    int pieces = 0;
    const auto thrower = [&pieces](const ChatDelta&) {
      ++pieces;
      throw Mine();
    };
    const ChatClient client = make();
    if (async) {
      EXPECT_THROW(static_cast<void>(client.stream_async(question(), thrower).get()), Mine);
    } else {
      EXPECT_THROW(static_cast<void>(client.chat(question(), thrower)), Mine);
    }
    EXPECT_EQ(pieces, 1);
    // The client goes on.
    mock->reply({.body = hi_envelope});
    EXPECT_TRUE(client.chat(question()));
  }
  EXPECT_EQ(mock->requests().size(), 4u);
}

TEST_F(PushedStream, GivesTheCallersExceptionAlsoFromAWholeReply) {
  mock->reply({.body = hi_envelope});
  EXPECT_THROW(static_cast<void>(make().chat(question(), [](const ChatDelta&) { throw 5; })), int);
  mock->reply({.body = hi_envelope});
  EXPECT_THROW(static_cast<void>(make().stream_async(question(), [](const ChatDelta&) { throw 5; }).get()), int);
}

TEST_F(PushedStream, LetsACallbackUseTheClient) {
  mock->reply_stream({answer_event("a"), answer_event("b"), done_event});
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  std::optional<Result<ChatReply>> inner;
  const Result<ChatReply> reply = client.chat(question(), [&](const ChatDelta&) {
    if (!inner) inner = client.chat(question());
  });
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text(), "ab");
  ASSERT_TRUE(inner.has_value() && *inner);
  EXPECT_EQ((*inner)->text(), "hi");
}

}  // namespace
}  // namespace chatopen
