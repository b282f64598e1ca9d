#include "client/perform_pool.hpp"

#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace chatopen {
namespace {

const std::vector<HttpHeader> event_stream = {{"Content-Type", "text/event-stream"}};

TransportOutcome complete() {
  return {.request_bytes_written = true, .body_end = BodyEnd::proven};
}

TransportOutcome perform_hi(const HttpRequest&, ResponseSink& sink, const CancelToken&) {
  static_cast<void>(sink.on_head(200, {}));
  static_cast<void>(sink.on_body(hi_envelope));
  return complete();
}

// Holds exchanges until the test opens it, or they are cancelled.
class Gate {
 public:
  TransportOutcome pass(const CancelToken& cancel) {
    const CancelCallback on_cancel(cancel, &Gate::wake, this);
    std::unique_lock lock(mutex_);
    ++inside_;
    most_inside_ = std::max(most_inside_, inside_);
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ || cancel.cancelled(); });
    --inside_;
    if (cancel.cancelled()) return {.failure = TransportFailure::cancelled, .request_bytes_written = true};
    return complete();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  [[nodiscard]] int most_inside() {
    const std::lock_guard lock(mutex_);
    return most_inside_;
  }

 private:
  static void wake(void* self) noexcept {
    auto& gate = *static_cast<Gate*>(self);
    const std::lock_guard lock(gate.mutex_);
    gate.changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  int most_inside_ = 0;
  bool open_ = false;
};

// Asynchronous calls over a transport that can only block.
class PerformPoolTest : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_over(PerformOnlyTransport::Perform perform) const {
    ClientOptions with = options();
    with.transport = std::make_shared<PerformOnlyTransport>(std::move(perform));
    return make(with);
  }
  [[nodiscard]] PerformOnlyTransport::Perform gated() {
    return [this](const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
      TransportOutcome outcome = gate.pass(cancel);
      return outcome.failure ? outcome : perform_hi(request, sink, cancel);
    };
  }

  Gate gate;
};

TEST_F(PerformPoolTest, ServesAsynchronousCalls) {
  const ChatClient client = make_over(perform_hi);
  EXPECT_EQ(client.chat_async(question()).get().value().text(), "hi");
  ChatStream stream = client.stream(question());
  EXPECT_EQ(stream.finish().value().text(), "hi");
  std::atomic<bool> elsewhere = false;
  Pending<ChatReply> pending = client.stream_async(
      question(),
      [&, here = std::this_thread::get_id()](const ChatDelta&) { elsewhere = std::this_thread::get_id() != here; });
  EXPECT_TRUE(std::move(pending).get());
  EXPECT_TRUE(elsewhere);
}

TEST_F(PerformPoolTest, Retries) {
  std::atomic<int> performed = 0;
  const ChatClient client = make_over([&](const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
    if (++performed < 3) return TransportOutcome{.failure = TransportFailure::connect};
    return perform_hi(request, sink, cancel);
  });
  EXPECT_EQ(client.chat_async(question()).get().value().attempts(), 3);
}

TEST_F(PerformPoolTest, IsBoundedAndServesWhatWaits) {
  constexpr int calls = 100;
  const ChatClient client = make_over(gated());
  std::vector<Pending<ChatReply>> pending;
  for (int i = 0; i < calls; ++i) pending.push_back(client.chat_async(question()));
  gate.wait_for(32);
  gate.open();
  for (Pending<ChatReply>& each : pending) EXPECT_EQ(std::move(each).get().value().text(), "hi");
  EXPECT_EQ(gate.most_inside(), 32);
}

TEST_F(PerformPoolTest, CancelsWhatRuns) {
  const ChatClient client = make_over(gated());
  Pending<ChatReply> pending = client.chat_async(question());
  gate.wait_for(1);
  pending.cancel();
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(PerformPoolTest, CancelsWhatWaitsForAThread) {
  const ChatClient client = make_over(gated());
  std::vector<Pending<ChatReply>> running;
  for (int i = 0; i < 32; ++i) running.push_back(client.chat_async(question()));
  gate.wait_for(32);
  Pending<ChatReply> waiting = client.chat_async(question());
  waiting.cancel();
  // Without a thread there is nothing that could hold it up.
  EXPECT_EQ(std::move(waiting).get().error().kind, ErrorKind::cancelled);
  gate.open();
  for (Pending<ChatReply>& each : running) EXPECT_TRUE(std::move(each).get());
}

TEST_F(PerformPoolTest, EndsEverythingWithTheClient) {
  std::optional<ChatClient> client = make_over(gated());
  std::vector<Pending<ChatReply>> pending;
  for (int i = 0; i < 100; ++i) pending.push_back(client->chat_async(question()));
  gate.wait_for(32);
  client.reset();
  for (Pending<ChatReply>& each : pending) {
    ASSERT_TRUE(each.ready());
    EXPECT_EQ(std::move(each).get().error().kind, ErrorKind::cancelled);
  }
}

// Cancelled just before its sink pauses, when nobody reads: nothing else would end the pause.
TEST_F(PerformPoolTest, EndsAStreamThatIsCancelledBeforeItPauses) {
  std::atomic<bool> begun = false;
  std::atomic<bool> cancelled = false;
  std::atomic<bool> ended = false;
  const ChatClient client = make_over([&](const HttpRequest&, ResponseSink& sink, const CancelToken& cancel) {
    static_cast<void>(sink.on_head(200, event_stream));
    begun = true;
    while (!cancelled) std::this_thread::yield();
    std::string many;
    for (int i = 0; i < 64; ++i) many += answer_event("x");
    EXPECT_EQ(sink.on_body(many), SinkAction::stop);
    EXPECT_TRUE(cancel.cancelled());
    ended = true;
    return TransportOutcome{.failure = TransportFailure::cancelled, .request_bytes_written = true};
  });
  ChatStream stream = client.stream(question());
  while (!begun) std::this_thread::yield();
  stream.cancel();
  cancelled = true;
  while (!ended) std::this_thread::yield();
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

// A stream of a thousand pieces, of which it counts those that its sink has taken.
class CountedStream {
 public:
  static constexpr int pieces = 1000;

  [[nodiscard]] TransportOutcome perform(ResponseSink& sink, const CancelToken& cancel) {
    static_cast<void>(sink.on_head(200, event_stream));
    for (int i = 0; i < pieces; ++i) {
      if (cancel.cancelled()) return {.failure = TransportFailure::cancelled, .request_bytes_written = true};
      sent = i + 1;
      if (sink.on_body(answer_event("x")) == SinkAction::stop) {
        return cancel.cancelled() ? TransportOutcome{.failure = TransportFailure::cancelled}
                                  : TransportOutcome{.stopped = true, .request_bytes_written = true};
      }
    }
    return complete();
  }

  std::atomic<int> sent = 0;
};

TEST_F(PerformPoolTest, BlocksAStreamThatNobodyReads) {
  CountedStream counted;
  const ChatClient client = make_over(
      [&](const HttpRequest&, ResponseSink& sink, const CancelToken& cancel) { return counted.perform(sink, cancel); });
  ChatStream stream = client.stream(question());
  while (counted.sent < 64) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) std::this_thread::yield();
  EXPECT_EQ(counted.sent, 64);
  ASSERT_NE(stream.next(), nullptr);
  EXPECT_EQ(stream.finish().value().text(), std::string(CountedStream::pieces, 'x'));
  EXPECT_EQ(counted.sent, CountedStream::pieces);
}

TEST_F(PerformPoolTest, EndsABlockedStreamThatIsCancelled) {
  CountedStream counted;
  const ChatClient client = make_over(
      [&](const HttpRequest&, ResponseSink& sink, const CancelToken& cancel) { return counted.perform(sink, cancel); });
  ChatStream stream = client.stream(question());
  while (counted.sent < 64) std::this_thread::yield();
  stream.cancel();
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

TEST_F(PerformPoolTest, EndsABlockedStreamWithItsClient) {
  CountedStream counted;
  std::optional<ChatClient> client = make_over(
      [&](const HttpRequest&, ResponseSink& sink, const CancelToken& cancel) { return counted.perform(sink, cancel); });
  ChatStream stream = client->stream(question());
  while (counted.sent < 64) std::this_thread::yield();
  client.reset();
  EXPECT_EQ(stream.finish().error().kind, ErrorKind::cancelled);
}

TEST_F(PerformPoolTest, MayLoseItsClientInACallback) {
  std::optional<ChatClient> client = make_over(perform_hi);
  std::atomic<bool> destroyed = false;
  Pending<ChatReply> pending = client->stream_async(question(), [&](const ChatDelta&) {
    client.reset();
    destroyed = true;
  });
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
  while (!destroyed) std::this_thread::yield();
}

}  // namespace
}  // namespace chatopen
