#include <chatopen/stop_token.hpp>

#include "client_fixture.hpp"
#include "stepped_transport.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <thread>

namespace chatopen {
namespace {

class CancelOnStopTest : public ClientOverMock {
 protected:
  [[nodiscard]] ChatClient make_stepped() const {
    ClientOptions with = options();
    with.transport = stepped;
    return make(with);
  }
  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
};

TEST_F(CancelOnStopTest, CancelsItsCallsWhenAStopIsRequested) {
  const ChatClient client = make_stepped();
  std::stop_source stop;
  const CancelOnStop on_stop(stop.get_token());
  EXPECT_FALSE(on_stop.token().cancelled());
  Pending<ChatReply> first = client.chat_async(question(), {.cancel = on_stop.token()});
  Pending<ChatReply> second = client.chat_async(question(), {.cancel = on_stop.token()});
  stop.request_stop();
  EXPECT_TRUE(on_stop.token().cancelled());
  EXPECT_EQ(std::move(first).get().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(std::move(second).get().error().kind, ErrorKind::cancelled);
}

TEST_F(CancelOnStopTest, CancelsAtOnceWhenTheStopWasRequestedBefore) {
  std::stop_source stop;
  stop.request_stop();
  const CancelOnStop on_stop(stop.get_token());
  EXPECT_EQ(make().chat(question(), {.cancel = on_stop.token()}).error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(CancelOnStopTest, CancelsNothingAfterItsEnd) {
  const ChatClient client = make_stepped();
  std::stop_source stop;
  CancelToken token;
  {
    const CancelOnStop on_stop(stop.get_token());
    token = on_stop.token();
  }
  Pending<ChatReply> pending = client.chat_async(question(), {.cancel = token});
  stop.request_stop();
  EXPECT_FALSE(token.cancelled());
  EXPECT_FALSE(pending.ready());
}

TEST_F(CancelOnStopTest, EndsABlockingCallOfAThreadThatIsStopped) {
  mock->stall();
  const ChatClient client = make();
  std::optional<ErrorKind> kind;
  std::jthread worker([&](std::stop_token stop) {
    const CancelOnStop on_stop(std::move(stop));
    kind = client
               .chat(question(), {.timeouts = {.first_byte = std::chrono::milliseconds(0),
                                               .idle = std::chrono::milliseconds(0),
                                               .total = std::chrono::milliseconds(0)},
                                  .cancel = on_stop.token()})
               .error()
               .kind;
  });
  while (mock->requests().empty()) std::this_thread::yield();
  worker.request_stop();
  worker.join();
  EXPECT_EQ(kind, ErrorKind::cancelled);
}

TEST_F(CancelOnStopTest, NeverCancelsForAnEmptyToken) {
  const CancelOnStop on_stop{std::stop_token()};
  mock->reply({.body = hi_envelope});
  EXPECT_TRUE(make().chat(question(), {.cancel = on_stop.token()}));
}

}  // namespace
}  // namespace chatopen
