// Many threads do everything at once, mainly for ThreadSanitizer and AddressSanitizer: every call must end exactly
// once.

#include "fault_matrix.hpp"

#include <chatopen/observer.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace integration {
namespace {

using chatopen::CallOptions;
using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::ChatStream;
using chatopen::Pending;
using chatopen::Result;

/// Counts what is told of calls: each that had an attempt also has one end.
class CountedCalls final : public chatopen::Observer {
 public:
  void on_attempt(const chatopen::CallInfo& call, const chatopen::AttemptStarted&) noexcept override {
    const std::lock_guard lock(mutex_);
    begun_.insert(call.call_id);
    late_ = late_ || ends_.count(call.call_id) > 0;
  }
  void on_complete(const chatopen::CallInfo& call, const chatopen::CallCompleted&) noexcept override {
    const std::lock_guard lock(mutex_);
    ++ends_[call.call_id];
    changed_.notify_all();
  }
  /// Waits until all have ended; false after ten seconds without that.
  [[nodiscard]] bool wait_for_ends() const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return ends_.size() == begun_.size(); });
  }
  [[nodiscard]] std::size_t calls() const {
    const std::lock_guard lock(mutex_);
    return begun_.size();
  }
  [[nodiscard]] bool each_once() const {
    const std::lock_guard lock(mutex_);
    return !late_ && std::all_of(ends_.begin(), ends_.end(), [](const auto& call) { return call.second == 1; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::set<std::uint64_t> begun_;
  std::map<std::uint64_t, int> ends_;
  bool late_ = false;
};

/// A thread that cancels what others have started.
class Canceller {
 public:
  Canceller() : thread_([this] { run(); }) {}
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;
  ~Canceller() {
    soon(nullptr);
    thread_.join();
  }
  void soon(std::function<void()> cancel) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(cancel));
    changed_.notify_one();
  }

 private:
  void run() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty(); });
      const std::function<void()> cancel = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      if (cancel == nullptr) return;
      cancel();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::thread thread_;
};

/// Streams in many small pieces where a stream is asked for, and is overloaded now and then.
void answer_everything(Connection& connection) {
  for (int count = 0; connection.read_request(); ++count) {
    if (count % 16 == 5) {
      connection.reply("503 Service Unavailable", "{}", "Retry-After: 0\r\n");
    } else if (connection.request().body.find("\"stream\":true") == std::string::npos) {
      connection.reply("200 OK", hello);
    } else {
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
      constexpr std::string_view piece = "data: {\"choices\":[{\"delta\":{\"content\":\"piece \"}}]}\n\n";
      static_assert(piece.size() == 0x34);
      for (int i = 0; i < 100; ++i) {
        if (!connection.send("34\r\n" + std::string(piece) + "\r\n")) return;
      }
      connection.send("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    }
  }
}

enum class Drive : std::uint8_t { shared_thread, shared_poll, thread_of_each_client };

class Stress : public FaultMatrix, public ::testing::WithParamInterface<Drive> {
 protected:
  void SetUp() override {
    FaultMatrix::SetUp();
    server_ = std::make_unique<RawServer>(answer_everything);
    if (GetParam() != Drive::thread_of_each_client) {
      transport_ = curl({.max_connections_per_host = 8, .poll_driven = GetParam() == Drive::shared_poll});
    }
    client_.emplace(new_client());
  }
  void TearDown() override {
    transport_.reset();
    server_.reset();
    FaultMatrix::TearDown();
  }

  [[nodiscard]] ChatClient new_client() const {
    chatopen::ClientOptions options = options_for(server_->base_url());
    options.transport = transport_;
    options.clock = nullptr;
    options.observer = counted_;
    options.timeouts.total = std::chrono::seconds(60);
    return ChatClient::create(std::move(options)).value();
  }

  /// A copy, whose last one may be anybody's.
  [[nodiscard]] ChatClient client() {
    const std::lock_guard lock(mutex_);
    return *client_;
  }
  void replace_client() {
    std::optional<ChatClient> replacement(new_client());
    const std::lock_guard lock(mutex_);
    client_.swap(replacement);
    // The former is let go after the lock.
  }

  void expect_an_end(const Result<ChatReply>& result) {
    if (result || result.error().kind == chatopen::ErrorKind::cancelled || result.error().http_status == 503) return;
    ADD_FAILURE() << result.error();
  }

  /// One of a caller's operations: `choice` says which, `random` what about it varies.
  void operate(unsigned choice, unsigned random);
  void do_with_pending(Pending<ChatReply> pending, unsigned random);
  void do_with_stream(const ChatClient& asked, ChatStream stream, unsigned random);
  void shut_down_with_calls(bool graceful);

  std::shared_ptr<CountedCalls> counted_ = std::make_shared<CountedCalls>();
  std::unique_ptr<RawServer> server_;
  std::shared_ptr<chatopen::Transport> transport_;
  std::mutex mutex_;
  std::optional<ChatClient> client_;
  std::atomic<std::size_t> started_ = 0;
  std::atomic<std::size_t> continuations_wanted_ = 0;
  std::atomic<std::size_t> continuations_run_ = 0;
  std::optional<Canceller> canceller_;
};

void Stress::do_with_pending(Pending<ChatReply> pending, unsigned random) {
  ++started_;
  const auto shared = std::make_shared<Pending<ChatReply>>(std::move(pending));
  if (random % 2 == 0) canceller_->soon([shared] { shared->cancel(); });
  switch (random / 2 % 5) {
    case 0: return;
    case 1:
      ++continuations_wanted_;
      static_cast<void>(std::move(*shared).then([this](Result<ChatReply> result) {
        ++continuations_run_;
        expect_an_end(result);
      }));
      return;
    case 2: shared->wait_for(milliseconds(1)); break;
    case 3: shared->when_ready([again = client()] { static_cast<void>(again.poll()); }); break;
    default: break;
  }
  expect_an_end(std::move(*shared).get());
}

void Stress::do_with_stream(const ChatClient& asked, ChatStream stream, unsigned random) {
  ++started_;
  const auto shared = std::make_shared<ChatStream>(std::move(stream));
  if (random % 2 == 0) canceller_->soon([shared] { shared->cancel(); });
  unsigned wanted = random / 2 % 3 == 0 ? 1000 : random % 10;
  if (random / 2 % 3 == 1) {
    while (wanted > 0 && !shared->done()) {
      if (shared->try_next())
        --wanted;
      else
        static_cast<void>(asked.poll(milliseconds(1)));
    }
  } else {
    for (const ChatDelta& delta : *shared) {
      EXPECT_EQ(delta.text, "piece ");
      if (--wanted == 0) break;
    }
  }
  if (random / 2 % 3 == 0) expect_an_end(shared->finish());
}

void Stress::shut_down_with_calls(bool graceful) {
  ChatClient own = new_client();
  std::vector<Pending<ChatReply>> pending;
  for (int i = 0; i < 3; ++i) pending.push_back(own.chat_async(question()));
  std::thread other([copy = own]() mutable { copy.shutdown(); });
  own.shutdown(graceful ? milliseconds(1000) : milliseconds(0));
  other.join();
  pending.push_back(own.chat_async(question()));
  started_ += pending.size();
  for (auto& each : pending) {
    EXPECT_TRUE(each.ready());
    expect_an_end(std::move(each).get());
  }
}

void Stress::operate(unsigned choice, unsigned random) {
  CallOptions options;
  if (random % 4 == 0) {
    chatopen::CancelSource source;
    options.cancel = source.token();
    canceller_->soon([source]() mutable { source.cancel(); });
  }
  random /= 4;
  auto some = [left = random % 50](const ChatDelta&) mutable { return left-- > 0; };
  switch (choice) {
    case 0: ++started_; return expect_an_end(client().chat(question(), options));
    case 1: ++started_; return expect_an_end(client().chat(question(), some, options));
    case 2: return do_with_pending(client().chat_async(question(), options), random);
    case 3: {
      // The callable keeps a client, whose last copy it may be; nobody would poll that.
      std::optional<ChatClient> kept;
      if (GetParam() != Drive::shared_poll) kept.emplace(client());
      auto on_delta = [kept, some](const ChatDelta& delta) mutable { return some(delta); };
      return do_with_pending(client().stream_async(question(), on_delta, options), random);
    }
    case 4: {
      const ChatClient asked = client();
      return do_with_stream(asked, asked.stream(question(), options), random);
    }
    case 5: EXPECT_TRUE(client().set_credentials({"other-id", "other-secret-" + std::to_string(random)})); return;
    case 6: return replace_client();
    case 7: return shut_down_with_calls(random % 2 == 0);
    default: static_cast<void>(client().poll(milliseconds(random % 3))); return;
  }
}

TEST_P(Stress, EveryCallOfManyThreadsEndsOnce) {
  constexpr unsigned threads = 8;
  constexpr int operations = 60;
  canceller_.emplace();
  std::vector<std::thread> callers;
  for (unsigned caller = 0; caller < threads; ++caller) {
    callers.emplace_back([this, caller] {
      std::minstd_rand random(caller + 1);
      // Calls are more frequent than what ends or replaces clients.
      constexpr std::array<unsigned, 16> choices = {0, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 6, 7, 8};
      for (int i = 0; i < operations; ++i) {
        operate(choices[random() / 64 % choices.size()], static_cast<unsigned>(random() / 64));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  canceller_.reset();
  // Calls whose results nobody wants may still run, and end with the client, unless they keep it themselves.
  client_.reset();
  EXPECT_TRUE(counted_->wait_for_ends());
  EXPECT_TRUE(counted_->each_once());
  // Most were not cancelled before their first attempt.
  EXPECT_GT(counted_->calls(), started_ / 2);
  EXPECT_EQ(continuations_run_, continuations_wanted_);
}

INSTANTIATE_TEST_SUITE_P(Drives, Stress,
                         ::testing::Values(Drive::shared_thread, Drive::shared_poll, Drive::thread_of_each_client),
                         [](const auto& drive) {
                           switch (drive.param) {
                             case Drive::shared_thread: return "SharedThread";
                             case Drive::shared_poll: return "SharedPoll";
                             default: return "ThreadOfEachClient";
                           }
                         });

}  // namespace
}  // namespace integration
