#include "async_matrix.hpp"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Pending;
using chatopen::Result;
using SteadyClock = std::chrono::steady_clock;

/// Two pieces in one packet, so that the second is at hand while the first is in the caller's callback, and no end.
void two_pieces_then_silence(Connection& connection) {
  connection.read_request();
  connection.send(std::string(stream_head) + piece("one") + piece("two"));
  connection.wait_for_close();
}

/// The first connection streams; others are answered.
void stream_first(Connection& connection) {
  connection.index() == 0 ? two_pieces_then_silence(connection) : answer_hello(connection);
}

class Row59Async : public AsyncMatrix, public ::testing::WithParamInterface<Driver> {
 protected:
  template <typename T>
  static void expect_thrown(Pending<T>&& pending) {
    ASSERT_TRUE(pending.wait_for(hung));
    try {
      static_cast<void>(std::move(pending).get());
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& thrown) {
      EXPECT_STREQ(thrown.what(), "the caller's own");
    }
  }
};
INSTANTIATE_TEST_SUITE_P(FaultMatrix, Row59Async, ::testing::Values(Driver::own_thread, Driver::pool, Driver::poll),
                         name_of_param);

[[noreturn]] void fail_for_the_caller() {
  throw std::runtime_error("the caller's own");
}

TEST_P(Row59Async, ExceptionReachesTheCallerOnceAndOtherCallsGoOn) {
  std::latch answer(1);
  RawServer throwing(two_pieces_then_silence);
  RawServer slow([&](Connection& connection) {
    connection.read_request();
    answer.wait();
    connection.reply("200 OK", hello);
  });
  const auto transport = transport_of(GetParam());
  const ChatClient client = async_client(throwing.base_url(), transport);
  const ChatClient other = async_client(slow.base_url(), transport);
  auto beside = other.chat_async(question());
  int calls = 0;
  auto pending = client.stream_async(question(), [&](const ChatDelta&) {
    ++calls;
    fail_for_the_caller();
  });
  expect_thrown(std::move(pending));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(throwing.wait_for_closed_connections());
  EXPECT_EQ(throwing.requests().size(), 1U) << "nothing is sent again";
  answer.count_down();
  EXPECT_TRUE(result_of(std::move(beside)));
  EXPECT_EQ(log_->counts().completions, 2);
}

TEST_P(Row59Async, ExceptionOfACallbackForAWholeReplyReachesTheCaller) {
  RawServer server(answer_hello);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  expect_thrown(client.stream_async(question(), [](const ChatDelta&) { fail_for_the_caller(); }));
  EXPECT_TRUE(result_of(client.chat_async(question())));
}

TEST_P(Row59Async, ExceptionPassesThroughThenWhoseFunctionDoesNotRun) {
  RawServer server(two_pieces_then_silence);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  std::atomic<bool> ran = false;
  expect_thrown(client.stream_async(question(), [](const ChatDelta&) { fail_for_the_caller(); })
                    .then([&](Result<ChatReply>) { ran = true; })
                    .then([&](Result<void>) { ran = true; }));
  EXPECT_FALSE(ran);
}

TEST_P(Row59Async, ExceptionOfThenReachesTheCallerOfThen) {
  RawServer server(answer_hello);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  expect_thrown(client.chat_async(question()).then([](Result<ChatReply> reply) {
    EXPECT_TRUE(reply);
    fail_for_the_caller();
  }));
  EXPECT_TRUE(result_of(client.chat_async(question())));
}

TEST_P(Row59Async, ExceptionThatNobodyWaitsForHarmsNothing) {
  RawServer server(stream_first);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  static_cast<void>(client.stream_async(question(), [](const ChatDelta&) { fail_for_the_caller(); }));
  const auto give_up = SteadyClock::now() + hung;
  while (log_->counts().completions < 1 && SteadyClock::now() < give_up) client.poll(milliseconds(1));
  EXPECT_TRUE(result_of(client.chat_async(question())));
}

TEST_P(Row59Async, ExceptionOfABlockingCallsCallbackReachesItsCaller) {
  RawServer server(stream_first);
  const ChatClient client = async_client(server.base_url(), transport_of(GetParam()));
  EXPECT_THROW(static_cast<void>(client.chat(question(), [](const ChatDelta&) { fail_for_the_caller(); })),
               std::runtime_error);
  EXPECT_TRUE(server.wait_until([](const auto& connections) { return connections[0]->closed_by_peer; }));
  EXPECT_TRUE(client.chat(question()));
  EXPECT_EQ(log_->counts().completions, 2);
}

/// What a callback does, with what it needs for that.
struct Scene {
  std::optional<ChatClient> client;
  /// Of the callback's own call.
  std::optional<Pending<ChatReply>> own;
  std::optional<Pending<ChatReply>> started;
};

struct Deed {
  const char* name;
  /// Called in the callback.
  void (*commit)(Scene&);
  /// Whether the callback's own call is cancelled by it.
  bool cancels;
};

void PrintTo(const Deed& deed, std::ostream* stream) {
  *stream << deed.name;
}

void call_and_wait(Scene& scene) {
  const auto reply = scene.client->chat(question());
  EXPECT_TRUE(reply) << reply.error();
}

void start_a_call(Scene& scene) {
  scene.started = scene.client->chat_async(question());
}

void cancel_own_call(Scene& scene) {
  if (scene.own) scene.own->cancel();
}

void destroy_the_client(Scene& scene) {
  scene.client.reset();
}

void shut_down(Scene& scene) {
  const auto start = SteadyClock::now();
  scene.client->shutdown(hung);
  EXPECT_LE(SteadyClock::now() - start, hung / 2) << "it waited";
  const auto refused = scene.client->chat_async(question()).get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::cancelled);
}

// Would wait for ever on its own thread.
void wait_for_calls(Scene& scene) {
  auto other = scene.client->chat_async(question());
  const auto start = SteadyClock::now();
  other.wait();
  static_cast<void>(other.wait_for(hung));
  if (scene.own) {
    EXPECT_FALSE(scene.own->wait_for(hung));
  }
  auto stream = scene.client->stream(question());
  if (stream.next() == nullptr) {
    EXPECT_EQ(stream.finish().error().kind, ErrorKind::invalid_argument);
  }
  const auto refused = std::move(other).get();
  EXPECT_LE(SteadyClock::now() - start, hung / 2) << "it waited";
  // Threads of a pool may have brought it meanwhile.
  if (!refused) {
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
  }
}

void poll(Scene& scene) {
  const auto start = SteadyClock::now();
  scene.client->poll(hung);
  EXPECT_LE(SteadyClock::now() - start, hung / 2) << "it waited";
}

/// Tells when the callable that owns it is destroyed; copies, as long as they are moved from, do not.
class Witness {
 public:
  explicit Witness(std::shared_ptr<std::atomic<bool>> destroyed) : destroyed_(std::move(destroyed)) {}
  Witness(Witness&&) noexcept = default;
  Witness& operator=(Witness&&) = delete;
  ~Witness() {
    if (destroyed_ != nullptr) *destroyed_ = true;
  }

 private:
  std::shared_ptr<std::atomic<bool>> destroyed_;
};

using DeedAndDriver = std::tuple<Deed, Driver>;

class Row60Async : public AsyncMatrix, public ::testing::WithParamInterface<DeedAndDriver> {
 protected:
  void SetUp() override {
    AsyncMatrix::SetUp();
    server_ = std::make_unique<RawServer>(
        [this](Connection& connection) { is_streaming_ ? stream_first(connection) : answer_hello(connection); });
    scene_.client = async_client(server_->base_url(), transport_of(driver_));
  }
  void TearDown() override {
    scene_ = {};
    server_.reset();
    AsyncMatrix::TearDown();
  }

  /// Until the pending is ready, also when its client is gone.
  template <typename T>
  void drive_until_ready(Pending<T>& pending) {
    const auto give_up = SteadyClock::now() + hung;
    while (!pending.ready() && SteadyClock::now() < give_up) {
      // The callback may destroy the client while it is polled, but not from another thread.
      const bool polled = driver_ == Driver::poll && scene_.client;
      polled ? static_cast<void>(scene_.client->poll(milliseconds(10)))
             : static_cast<void>(pending.wait_for(milliseconds(10)));
    }
    EXPECT_TRUE(pending.ready()) << "the call hangs";
  }

  const Deed deed_ = std::get<Deed>(GetParam());
  const Driver driver_ = std::get<Driver>(GetParam());
  std::atomic<bool> is_streaming_ = true;
  std::unique_ptr<RawServer> server_;
  Scene scene_;
};

INSTANTIATE_TEST_SUITE_P(FaultMatrix, Row60Async,
                         ::testing::Combine(::testing::Values(Deed{"CallsAndWaits", call_and_wait, false},
                                                              Deed{"StartsACall", start_a_call, false},
                                                              Deed{"CancelsItsOwnCall", cancel_own_call, true},
                                                              Deed{"DestroysTheClient", destroy_the_client, true},
                                                              Deed{"ShutsDown", shut_down, true},
                                                              Deed{"WaitsForCalls", wait_for_calls, false},
                                                              Deed{"Polls", poll, false}),
                                            ::testing::Values(Driver::own_thread, Driver::pool, Driver::poll)),
                         [](const auto& tested) {
                           return std::string(std::get<Deed>(tested.param).name) +
                                  name_of(std::get<Driver>(tested.param));
                         });

TEST_P(Row60Async, WithinItsDelta) {
  const auto destroyed = std::make_shared<std::atomic<bool>>(false);
  std::atomic<int> deltas = 0;
  std::latch own_is_there(1);
  auto pending = scene_.client->stream_async(
      question(), [&, witness = Witness(destroyed), flag = destroyed.get()](const ChatDelta&) {
        if (++deltas > 1) return;
        own_is_there.wait();
        deed_.commit(scene_);
        EXPECT_FALSE(*flag) << "the callback was destroyed while it ran";
      });
  scene_.own.emplace(std::move(pending));
  own_is_there.count_down();
  if (deed_.cancels) {
    drive_until_ready(*scene_.own);
    EXPECT_EQ(error_of(*std::move(scene_.own)).kind, ErrorKind::cancelled);
    const auto give_up = SteadyClock::now() + hung;
    while (!*destroyed && SteadyClock::now() < give_up) std::this_thread::yield();
    EXPECT_TRUE(*destroyed) << "the callback is kept after the call's end";
  } else {
    const auto give_up = SteadyClock::now() + hung;
    while (deltas < 2 && SteadyClock::now() < give_up) scene_.client->poll(milliseconds(1));
    EXPECT_EQ(deltas, 2) << "the call did not go on";
    if (scene_.started) {
      EXPECT_TRUE(result_of(*std::move(scene_.started)));
    }
    EXPECT_FALSE(scene_.own->ready());
    scene_.own->cancel();
    EXPECT_EQ(error_of(*std::move(scene_.own)).kind, ErrorKind::cancelled);
  }
  scene_.client.reset();
  EXPECT_TRUE(server_->wait_until([](const auto& connections) { return connections[0]->closed_by_peer; }));
}

// Its caller waits for it, so that it goes on also when the callback has destroyed the client.
TEST_P(Row60Async, WithinADeltaOfABlockingCall) {
  if (deed_.commit == poll && driver_ == Driver::poll) GTEST_SKIP() << "it waits for its budget, as it should";
  int deltas = 0;
  const auto reply = scene_.client->chat(question(), [&](const ChatDelta&) {
    if (++deltas == 1) deed_.commit(scene_);
    return deltas < 2;
  });
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "onetwo");
  if (scene_.started) {
    EXPECT_TRUE(result_of(*std::move(scene_.started)));
  }
  EXPECT_TRUE(server_->wait_until([](const auto& connections) { return connections[0]->closed_by_peer; }));
}

TEST_P(Row60Async, WithinItsContinuation) {
  is_streaming_ = false;
  int runs = 0;
  auto then = scene_.client->chat_async(question()).then([&](Result<ChatReply> reply) {
    EXPECT_TRUE(reply) << reply.error();
    ++runs;
    deed_.commit(scene_);
  });
  drive_until_ready(then);
  EXPECT_TRUE(std::move(then).get());
  EXPECT_EQ(runs, 1);
  if (scene_.started) {
    EXPECT_TRUE(result_of(*std::move(scene_.started)));
  }
}

TEST_P(Row60Async, OfManyCallsAtOnce) {
  is_streaming_ = false;
  constexpr int count = 8;
  std::atomic<int> together = 0;
  std::vector<Scene> scenes(count);
  std::vector<Pending<void>> all;
  for (Scene& scene : scenes) {
    scene.client = scene_.client;
    all.push_back(scene.client->chat_async(question()).then([&](Result<ChatReply>) {
      // Where callbacks run side by side, they do this at the same time.
      ++together;
      const auto until = SteadyClock::now() + milliseconds(5);
      while (driver_ == Driver::pool && together < count && SteadyClock::now() < until) {
      }
      deed_.commit(scene);
    }));
  }
  const ChatClient polled = *scene_.client;
  const auto give_up = SteadyClock::now() + hung;
  for (auto& each : all) {
    while (!each.ready() && SteadyClock::now() < give_up) {
      polled.poll(milliseconds(10));
      each.wait_for(milliseconds(1));
    }
    EXPECT_TRUE(each.ready()) << "the call hangs";
  }
  for (Scene& scene : scenes) {
    if (scene.started) {
      EXPECT_TRUE(result_of(*std::move(scene.started)));
    }
  }
}

}  // namespace
}  // namespace integration
