#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

using namespace std::chrono_literals;

class PulledStream : public ClientOverMock {
 protected:
  void script_three() { mock->reply_stream({answer_event("a"), answer_event("b"), answer_event("c"), done_event}); }
};

TEST_F(PulledStream, IsAnInputRange) {
  static_assert(std::input_iterator<ChatStream::Iterator>);
  static_assert(std::sentinel_for<ChatStream::Sentinel, ChatStream::Iterator>);
  script_three();
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  std::string text;
  for (const ChatDelta& delta : stream) text += delta.text;
  EXPECT_EQ(text, "abc");
  EXPECT_TRUE(stream.done());
}

TEST_F(PulledStream, OutlivesNoClient) {
  // The client of a full expression is gone before the first piece is read.
  const auto stalled = std::make_shared<SteppedTransport>();
  ClientOptions with = options();
  with.transport = stalled;
  ChatStream stream = make(with).stream(question());
  EXPECT_EQ(stream.next(), nullptr);
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

TEST_F(PulledStream, GivesPieceByPieceAndThenTheWhole) {
  script_three();
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  const ChatDelta* const first = stream.next();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->text, "a");
  EXPECT_EQ(stream.begin()->text, "b");
  const Result<ChatReply> whole = stream.finish();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->text(), "abc");
  EXPECT_EQ(stream.next(), nullptr);
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_TRUE(stream.done());
}

TEST_F(PulledStream, FinishesAgainWithTheSameResult) {
  script_three();
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  EXPECT_EQ(stream.finish().value().text(), "abc");
  EXPECT_EQ(stream.finish().value().text(), "abc");

  mock->reply_stream({answer_event("a")}, testing::MockStreamEnd::reset);
  ChatStream broken = client.stream(question());
  EXPECT_EQ(broken.finish().error().kind, ErrorKind::truncated);
  EXPECT_EQ(broken.finish().error().kind, ErrorKind::truncated);
}

TEST_F(PulledStream, ShowsErrorsFromBeforeTheSendingAtTheEnd) {
  ChatStream stream = make().stream({});
  EXPECT_TRUE(stream.done());
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_EQ(stream.next(), nullptr);
  const Result<ChatReply> whole = stream.finish();
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(whole.error().attempts, 0);
  stream.cancel();
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(mock->requests().empty());
}

// A client whose exchanges the test moves by hand, on its own thread.
class SteppedStream : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_stepped() const {
    ClientOptions with = options();
    with.transport = stepped;
    return make(with);
  }
  SteppedExchange& exchange() { return stepped->exchange(); }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
  ChatClient client = make_stepped();
};

TEST_F(SteppedStream, TriesWithoutWaiting) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_FALSE(stream.done());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_EQ(exchange().body(answer_event("a") + answer_event("b")), SinkAction::proceed);
  EXPECT_EQ(stream.try_next()->text, "a");
  EXPECT_EQ(stream.try_next()->text, "b");
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_FALSE(stream.done());
  EXPECT_EQ(exchange().body(answer_event("c") + done_event), SinkAction::finish);
  exchange().stopped();
  EXPECT_FALSE(stream.done()) << "a piece is left";
  EXPECT_EQ(stream.try_next()->text, "c");
  EXPECT_TRUE(stream.done());
  EXPECT_EQ(stream.finish().value().text(), "abc");
}

TEST_F(SteppedStream, WaitsForAPieceThatIsStillToCome) {
  ChatStream stream = client.stream(question());
  std::thread sender([&] {
    EXPECT_EQ(exchange().head(), SinkAction::proceed);
    EXPECT_EQ(exchange().body(answer_event("a")), SinkAction::proceed);
    EXPECT_EQ(exchange().body(answer_event("b")), SinkAction::proceed);
    exchange().complete();
  });
  EXPECT_EQ(stream.next()->text, "a");
  EXPECT_EQ(stream.next()->text, "b");
  EXPECT_EQ(stream.next(), nullptr);
  sender.join();
}

TEST_F(SteppedStream, PausesTheSenderOfAReaderThatDoesNotRead) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  int sent = 1;
  while (sent < 1000 && exchange().body(answer_event("x")) == SinkAction::proceed) ++sent;
  EXPECT_EQ(sent, 64);
  EXPECT_EQ(exchange().resumes(), 0);
  EXPECT_EQ(stream.try_next()->text, "x");
  EXPECT_EQ(exchange().resumes(), 1);
  // Those that were taken over are read without asking for more.
  for (int i = 1; i < 64; ++i) EXPECT_EQ(stream.try_next()->text, "x");
  EXPECT_EQ(stream.try_next(), std::nullopt);
  EXPECT_EQ(exchange().resumes(), 1);
  EXPECT_EQ(exchange().body(answer_event("x")), SinkAction::proceed);
}

TEST_F(SteppedStream, PausesTheSenderOfLongPiecesSooner) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  const std::string half(std::size_t{32} * 1024, 'x');
  EXPECT_EQ(exchange().body(answer_event(half)), SinkAction::proceed);
  EXPECT_EQ(exchange().body(answer_event(half)), SinkAction::pause);
  EXPECT_EQ(stream.next()->text.size(), half.size());
  EXPECT_EQ(exchange().resumes(), 1);
}

TEST_F(SteppedStream, CountsReasoningAndArgumentsTowardsTheBound) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  const std::string half(std::size_t{32} * 1024, 'x');
  EXPECT_EQ(exchange().body(choice_event(R"({"delta":{"reasoning_content":")" + half + "\"}}")), SinkAction::proceed);
  EXPECT_EQ(exchange().body(
                choice_event(R"({"delta":{"tool_calls":[{"index":0,"function":{"arguments":")" + half + "\"}}]}}")),
            SinkAction::pause);
}

TEST_F(SteppedStream, KeepsThePiecesThatAreHereWhenItIsCancelled) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  EXPECT_EQ(exchange().body(answer_event("a") + answer_event("b")), SinkAction::proceed);
  EXPECT_EQ(stream.next()->text, "a");
  stream.cancel();
  EXPECT_EQ(exchange().cancels(), 1);
  stream.cancel();
  EXPECT_EQ(exchange().cancels(), 1);
  EXPECT_EQ(stream.next()->text, "b");
  EXPECT_EQ(stream.next(), nullptr);
  const Result<ChatReply> whole = stream.finish();
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(whole.error().maybe_processed);
}

TEST_F(SteppedStream, WakesTheReaderWhenAnotherThreadCancels) {
  ChatStream stream = client.stream(question());
  std::thread canceller([&] { stream.cancel(); });
  EXPECT_EQ(stream.next(), nullptr);
  canceller.join();
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

TEST_F(SteppedStream, EndsTheCallWithItsToken) {
  CancelSource source;
  ChatStream stream = client.stream(question(), {.cancel = source.token()});
  source.cancel();
  EXPECT_EQ(exchange().cancels(), 1);
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

TEST_F(SteppedStream, CancelsNothingThatHasEnded) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(), SinkAction::proceed);
  EXPECT_EQ(exchange().body(answer_event("a")), SinkAction::proceed);
  exchange().complete();
  stream.cancel();
  EXPECT_EQ(exchange().cancels(), 0);
  EXPECT_EQ(stream.finish().value().text(), "a");
}

TEST_F(SteppedStream, EndsTheCallWhenItIsDestroyed) {
  { const ChatStream stream = client.stream(question()); }
  EXPECT_EQ(exchange().cancels(), 1);
  EXPECT_FALSE(client.poll()) << "the call is over";
  EXPECT_EQ(exchange().body(answer_event("late")), SinkAction::stop);
}

TEST_F(SteppedStream, EndsTheCallThatAnotherIsAssignedOver) {
  ChatStream stream = client.stream(question());
  stream = client.stream(question());
  EXPECT_EQ(stepped->exchange(0).cancels(), 1);
  EXPECT_EQ(stepped->exchange(1).cancels(), 0);
  ChatStream moved = std::move(stream);
  EXPECT_EQ(stepped->exchange(1).cancels(), 0);
  EXPECT_EQ(stepped->exchange(1).head(), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange(1).body(answer_event("a") + done_event), SinkAction::finish);
  stepped->exchange(1).stopped();
  EXPECT_EQ(moved.finish().value().text(), "a");
}

TEST_F(SteppedStream, LeavesTheBufferOfAnEarlierAttemptEmpty) {
  ChatStream stream = client.stream(question());
  EXPECT_EQ(exchange().head(503, {}), SinkAction::proceed);
  exchange().complete();
  ASSERT_EQ(stepped->started(), 2u);
  EXPECT_FALSE(stream.done());
  EXPECT_EQ(stepped->exchange(1).head(), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange(1).body(answer_event("a") + done_event), SinkAction::finish);
  stepped->exchange(1).stopped();
  const Result<ChatReply> whole = stream.finish();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->attempts(), 2);
}

// Over the mock: a long stream, of which nobody knows how fast it is read.
class LongStream : public ClientOverMock {
 protected:
  static constexpr int pieces = 1000;

  static std::vector<std::string> chunks() {
    std::vector<std::string> all(pieces, answer_event("x"));
    all.emplace_back(done_event);
    return all;
  }
};

TEST_F(LongStream, IsNotReadAheadOfItsReader) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply_stream(chunks());
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  // Everything that the mock would send without a reader.
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client.poll());
  const auto read_all_here = [&stream] {
    int count = 0;
    while (stream.try_next()) ++count;
    return count;
  };
  EXPECT_EQ(read_all_here(), 64);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client.poll());
  EXPECT_EQ(read_all_here(), 64);
  const Result<ChatReply> whole = stream.finish();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->text(), std::string(pieces, 'x'));
}

TEST_F(LongStream, ReachesAReaderOnAnotherThreadWhole) {
  mock->reply_stream(chunks());
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  int read = 0;
  for (const ChatDelta& delta : stream) {
    EXPECT_EQ(delta.text, "x");
    ++read;
  }
  EXPECT_EQ(read, pieces);
  EXPECT_EQ(stream.finish().value().text(), std::string(pieces, 'x'));
}

TEST_F(LongStream, IsReadToItsEndByFinish) {
  mock->reply_stream(chunks());
  const ChatClient client = make();
  ChatStream stream = client.stream(question());
  ASSERT_NE(stream.next(), nullptr);
  EXPECT_EQ(stream.finish().value().text(), std::string(pieces, 'x'));
}

}  // namespace
}  // namespace chatopen
