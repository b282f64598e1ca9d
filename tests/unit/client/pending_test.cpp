#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>

#if __has_include(<unistd.h>)
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace chatopen {
namespace {

using namespace std::chrono_literals;

// A call whose exchange the test moves by hand, on its own thread.
class PendingReply : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_stepped() const {
    ClientOptions with = options();
    with.transport = stepped;
    return make(with);
  }
  void answer(std::size_t index = 0) {
    SteppedExchange& exchange = stepped->exchange(index);
    EXPECT_EQ(exchange.head(200, {}), SinkAction::proceed);
    EXPECT_EQ(exchange.body(hi_envelope), SinkAction::proceed);
    exchange.complete();
  }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
  ChatClient client = make_stepped();
};

TEST_F(PendingReply, IsReadyOnceTheReplyIsThere) {
  Pending<ChatReply> pending = client.chat_async(question());
  EXPECT_FALSE(pending.ready());
  EXPECT_FALSE(pending.wait_for(0ms));
  EXPECT_FALSE(pending.wait_for(1ms));
  EXPECT_FALSE(pending.wait_for(-1ms));
  EXPECT_FALSE(pending.wait_for(std::chrono::milliseconds::min()));
  answer();
  EXPECT_TRUE(pending.ready());
  EXPECT_TRUE(pending.wait_for(0ms));
  EXPECT_TRUE(pending.wait_for(std::chrono::milliseconds::max()));
  pending.wait();
  const Result<ChatReply> reply = std::move(pending).get();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text(), "hi");
}

TEST_F(PendingReply, IsWaitedForUntilAnotherThreadBringsIt) {
  Pending<ChatReply> pending = client.chat_async(question());
  std::thread server([&] { answer(); });
  EXPECT_EQ(std::move(pending).get().value().text(), "hi");
  server.join();
  Pending<ChatReply> second = client.chat_async(question());
  server = std::thread([&] { answer(1); });
  EXPECT_TRUE(second.wait_for(std::chrono::milliseconds::max()));
  server.join();
}

TEST_F(PendingReply, MovesWithoutLosingItsCall) {
  static_assert(!std::is_copy_constructible_v<Pending<ChatReply>>);
  Pending<ChatReply> first = client.chat_async(question());
  Pending<ChatReply> second = std::move(first);
  first = client.chat_async(question());
  answer(0);
  EXPECT_TRUE(second.ready());
  EXPECT_FALSE(first.ready());
  second = std::move(first);
  EXPECT_FALSE(second.ready());
  answer(1);
  EXPECT_EQ(std::move(second).get().value().text(), "hi");
  EXPECT_EQ(stepped->exchange(0).cancels() + stepped->exchange(1).cancels(), 0);
}

TEST_F(PendingReply, GivesItsResultOnce) {
  Pending<ChatReply> pending = client.chat_async(question());
  answer();
  EXPECT_TRUE(std::move(pending).get());
  const Result<ChatReply> again = std::move(pending).get();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::invalid_argument);
  const Pending<ChatReply> elsewhere = std::move(pending);
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::invalid_argument);
}

TEST_F(PendingReply, GoesOnWithoutItsHandle) {
  bool told = false;
  static_cast<void>(client.stream_async(question(), [&](const ChatDelta&) { told = true; }));
  EXPECT_TRUE(client.poll()) << "the call is still in flight";
  answer();
  EXPECT_TRUE(told);
  EXPECT_FALSE(client.poll());
  EXPECT_EQ(stepped->exchange().cancels(), 0);
}

TEST_F(PendingReply, EndsAsCancelled) {
  Pending<ChatReply> pending = client.chat_async(question());
  pending.cancel();
  EXPECT_EQ(stepped->exchange().cancels(), 1);
  pending.cancel();
  EXPECT_EQ(stepped->exchange().cancels(), 1);
  const Result<ChatReply> reply = std::move(pending).get();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 1);
  EXPECT_TRUE(reply.error().maybe_processed);
}

TEST_F(PendingReply, KeepsAResultThatIsThereWhenItIsCancelled) {
  Pending<ChatReply> pending = client.chat_async(question());
  answer();
  pending.cancel();
  EXPECT_TRUE(std::move(pending).get());
}

TEST_F(PendingReply, IsCancelledByTheTokenOfItsCall) {
  CancelSource source;
  Pending<ChatReply> pending = client.chat_async(question(), {.cancel = source.token()});
  EXPECT_FALSE(pending.ready());
  source.cancel();
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);

  Pending<ChatReply> late = client.chat_async(question(), {.cancel = source.token()});
  ASSERT_TRUE(late.ready());
  const Result<ChatReply> reply = std::move(late).get();
  EXPECT_EQ(reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reply.error().attempts, 0);
  EXPECT_FALSE(reply.error().maybe_processed);
  EXPECT_EQ(stepped->started(), 1u);
}

TEST_F(PendingReply, IsReadyAtOnceWhenNothingCouldBeSent) {
  Pending<ChatReply> pending = client.chat_async({});
  ASSERT_TRUE(pending.ready());
  pending.cancel();
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(stepped->started(), 0u);
}

TEST_F(PendingReply, ContinuesWithTheResult) {
  std::string text;
  Pending<void> then =
      client.chat_async(question()).then([&](Result<ChatReply> reply) { text = std::move(reply).value().text(); });
  EXPECT_FALSE(then.ready());
  answer();
  EXPECT_EQ(text, "hi");
  ASSERT_TRUE(then.ready());
  EXPECT_TRUE(std::move(then).get());
}

TEST_F(PendingReply, ContinuesWithTheError) {
  std::optional<ErrorKind> kind;
  Pending<void> then = client.chat_async(question()).then([&](Result<ChatReply> reply) { kind = reply.error().kind; });
  stepped->exchange().fail(TransportFailure::connection_reset, true);
  EXPECT_EQ(kind, ErrorKind::connection);
  EXPECT_TRUE(std::move(then).get());
}

TEST_F(PendingReply, ContinuesAtOnceWhenTheResultIsThere) {
  Pending<ChatReply> pending = client.chat_async(question());
  answer();
  bool ran = false;
  Pending<void> then = std::move(pending).then([&](Result<ChatReply> reply) { ran = reply.has_value(); });
  EXPECT_TRUE(ran);
  EXPECT_TRUE(then.ready());
}

TEST_F(PendingReply, ContinuesWhenTheContinuationIsDropped) {
  bool ran = false;
  static_cast<void>(client.chat_async(question()).then([&](Result<ChatReply>) { ran = true; }));
  answer();
  EXPECT_TRUE(ran);
}

TEST_F(PendingReply, HandsOnWhatAContinuationThrows) {
  Pending<void> then = client.chat_async(question()).then([](Result<ChatReply>) { throw 5; });
  answer();
  EXPECT_THROW(static_cast<void>(std::move(then).get()), int);
}

TEST_F(PendingReply, SkipsContinuationsOfACallbackThatThrew) {
  bool ran = false;
  Pending<void> then =
      client.stream_async(question(), [](const ChatDelta&) { throw 5; }).then([&](Result<ChatReply>) { ran = true; });
  Pending<void> last = std::move(then).then([&](Result<void>) { ran = true; });
  answer();
  EXPECT_FALSE(ran);
  EXPECT_THROW(static_cast<void>(std::move(last).get()), int);
}

TEST_F(PendingReply, ContinuesInAChain) {
  int order = 0;
  Pending<void> last = client.chat_async(question())
                           .then([&](Result<ChatReply>) { EXPECT_EQ(++order, 1); })
                           .then([&](Result<void> before) {
                             EXPECT_TRUE(before);
                             EXPECT_EQ(++order, 2);
                           });
  answer();
  EXPECT_EQ(order, 2);
  EXPECT_TRUE(std::move(last).get());
}

TEST_F(PendingReply, CancelsTheCallThroughItsContinuation) {
  std::optional<ErrorKind> kind;
  Pending<void> then = client.chat_async(question()).then([&](Result<ChatReply> reply) { kind = reply.error().kind; });
  then.cancel();
  EXPECT_EQ(kind, ErrorKind::cancelled);
  EXPECT_TRUE(then.ready());
  then.cancel();
}

TEST_F(PendingReply, TakesAContinuationThatOnlyMovesAndDestroysItBeforeItIsReady) {
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  Pending<void> then =
      client.chat_async(question())
          .then([held = std::move(held), only = std::make_unique<int>(1)](Result<ChatReply>) mutable { only.reset(); });
  bool destroyed_first = false;
  then.when_ready([&] { destroyed_first = watched.expired(); });
  answer();
  EXPECT_TRUE(destroyed_first);
}

TEST_F(PendingReply, CallsWhoWantsToKnowAndKeepsTheResult) {
  Pending<ChatReply> pending = client.chat_async(question());
  int first = 0;
  int second = 0;
  pending.when_ready([&] { ++first; });
  pending.when_ready([&, only = std::make_unique<int>(1)] { second += *only; });
  answer();
  EXPECT_EQ(first, 0) << "the second replaces the first";
  EXPECT_EQ(second, 1);
  pending.when_ready([&] { ++first; });
  EXPECT_EQ(first, 1) << "at once, since the result is there";
  EXPECT_EQ(std::move(pending).get().value().text(), "hi");
}

TEST_F(PendingReply, ForgetsWhoWantedToKnow) {
  Pending<ChatReply> pending = client.chat_async(question());
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  pending.when_ready([held = std::move(held)] { ADD_FAILURE() << "forgotten"; });
  pending.forget_ready();
  EXPECT_TRUE(watched.expired());
  pending.forget_ready();
  answer();
  EXPECT_TRUE(pending.ready());
}

TEST_F(PendingReply, IsNotWaitedForOnTheThreadThatBringsIt) {
  // Both calls need the one thread of the transport, which here is the test's.
  Pending<ChatReply> other = client.chat_async(question());
  std::optional<Result<ChatReply>> refused;
  bool waited = true;
  Pending<ChatReply> outer = client.stream_async(question(), [&](const ChatDelta&) {
    waited = other.wait_for(1h);
    other.wait();
    refused = std::move(other).get();
  });
  answer(1);
  EXPECT_FALSE(waited);
  ASSERT_TRUE(refused && !*refused);
  EXPECT_EQ(refused->error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(std::move(outer).get());
}

#if __has_include(<unistd.h>)
// Who waits by a function would wait for ever.
TEST_F(PendingReply, TellsFunctionsInAChildProcessThatItIsNotTheirs) {
  Pending<ChatReply> pending = client.chat_async(question());
  Pending<ChatReply> awaited = client.chat_async(question());
  const pid_t child = fork();
  if (child == 0) {
    bool woken = false;
    awaited.when_ready([&] { woken = true; });
    awaited.forget_ready();
    bool told = false;
    const Pending<void> then = std::move(pending).then(
        [&](Result<ChatReply> reply) { told = !reply && reply.error().kind == ErrorKind::connection; });
    _exit(woken && told && std::move(awaited).get().error().kind == ErrorKind::connection ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
#endif

}  // namespace
}  // namespace chatopen
