#include <chatopen/coroutine.hpp>

#include "client_fixture.hpp"
#include "stepped_transport.hpp"
#include "stream_pieces.hpp"

#include <gmock/gmock.h>

#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace chatopen {
namespace {

// A coroutine that begins at once, and that its object owns.
class Task {
 public:
  struct promise_type {
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { exception = std::current_exception(); }
    std::exception_ptr exception;
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  [[nodiscard]] bool done() const { return handle_.done(); }
  [[nodiscard]] std::exception_ptr exception() const { return handle_.promise().exception; }

 private:
  std::coroutine_handle<promise_type> handle_;
};

// What a coroutine leaves behind. Coroutines take requests by value, since those of their callers do not last.
struct Heard {
  std::optional<Result<ChatReply>> reply = {};
  std::thread::id thread = {};
};

Task ask_once(const ChatClient& client, ChatRequest request, Heard& heard, CancelToken cancel = {}) {
  const CallOptions options{.cancel = std::move(cancel)};
  Pending<ChatReply> pending = client.chat_async(request, options);
  heard.reply = co_await std::move(pending);
  heard.thread = std::this_thread::get_id();
}

Task ask_twice(const ChatClient& client, ChatRequest request, std::string& text) {
  Result<ChatReply> first = co_await client.chat_async(request);
  text += first.value().text();
  Result<ChatReply> second = co_await client.chat_async(request);
  text += second.value().text();
}

class Coroutines : public ClientOverMock {
 protected:
  [[nodiscard]] ClientOptions stepped_options() const {
    ClientOptions with = options();
    with.transport = stepped;
    return with;
  }
  void answer(std::size_t index = 0) {
    EXPECT_EQ(stepped->exchange(index).head(200, {}), SinkAction::proceed);
    EXPECT_EQ(stepped->exchange(index).body(hi_envelope), SinkAction::proceed);
    stepped->exchange(index).complete();
  }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
};

TEST_F(Coroutines, GoOnOnTheThreadThatBringsTheResult) {
  const ChatClient client = make(stepped_options());
  Heard heard;
  const Task task = ask_once(client, question(), heard);
  EXPECT_FALSE(task.done());
  std::thread::id there;
  std::thread server([&] {
    there = std::this_thread::get_id();
    answer();
  });
  server.join();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(heard.reply->value().text(), "hi");
  EXPECT_EQ(heard.thread, there);
}

TEST_F(Coroutines, DoNotWaitForAResultThatIsThere) {
  const ChatClient client = make(stepped_options());
  Heard heard;
  CancelSource source;
  source.cancel();
  const Task task = ask_once(client, question(), heard, source.token());
  ASSERT_TRUE(task.done());
  EXPECT_EQ(heard.reply->error().kind, ErrorKind::cancelled);
}

TEST_F(Coroutines, AwaitOneCallAfterTheOther) {
  const ChatClient client = make(stepped_options());
  std::string text;
  const Task task = ask_twice(client, question(), text);
  answer(0);
  EXPECT_EQ(text, "hi");
  ASSERT_EQ(stepped->started(), 2u);
  EXPECT_FALSE(task.done());
  answer(1);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(text, "hihi");
}

TEST_F(Coroutines, GoOnWithinPoll) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply({.body = hi_envelope});
  mock->reply({.body = hi_envelope});
  const ChatClient client = make();
  std::string text;
  const Task task = ask_twice(client, question(), text);
  EXPECT_EQ(text, "");
  while (client.poll()) {
  }
  EXPECT_TRUE(task.done());
  EXPECT_EQ(text, "hihi");
}

// A loop that runs coroutines when the test says so.
struct Loop {
  void run() {
    while (!posted.empty()) {
      const std::coroutine_handle<> next = posted.front();
      posted.pop_front();
      next.resume();
    }
  }
  std::deque<std::coroutine_handle<>> posted;
};

Task ask_on(Loop& loop, const ChatClient& client, ChatRequest request, Heard& heard) {
  const auto post = [&loop](std::coroutine_handle<> coroutine) { loop.posted.push_back(coroutine); };
  heard.reply = co_await resume_on(client.chat_async(request), post);
  heard.thread = std::this_thread::get_id();
}

TEST_F(Coroutines, GoOnWhereTheExecutorSays) {
  const ChatClient client = make(stepped_options());
  Loop loop;
  Heard heard;
  const Task task = ask_on(loop, client, question(), heard);
  std::thread server([&] { answer(); });
  server.join();
  EXPECT_FALSE(task.done()) << "the executor has kept it";
  ASSERT_EQ(loop.posted.size(), 1u);
  loop.run();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(heard.reply->value().text(), "hi");
  EXPECT_EQ(heard.thread, std::this_thread::get_id());
}

Task stream_once(const ChatClient& client, ChatRequest request) {
  Pending<ChatReply> pending = client.stream_async(request, [](const ChatDelta&) { throw 5; });
  static_cast<void>(co_await std::move(pending));
}

TEST_F(Coroutines, GetWhatACallbackHasThrown) {
  const ChatClient client = make(stepped_options());
  const Task task = stream_once(client, question());
  answer();
  ASSERT_TRUE(task.done());
  EXPECT_THROW(std::rethrow_exception(task.exception()), int);
}

Task then_nothing(const ChatClient& client, ChatRequest request, bool& is_success) {
  Pending<void> pending = client.chat_async(request).then([](Result<ChatReply>) {});
  const Result<void> done = co_await std::move(pending);
  is_success = done.has_value();
}

TEST_F(Coroutines, AwaitContinuationsToo) {
  const ChatClient client = make(stepped_options());
  bool is_success = false;
  const Task task = then_nothing(client, question(), is_success);
  answer();
  EXPECT_TRUE(task.done());
  EXPECT_TRUE(is_success);
}

TEST_F(Coroutines, GoOnWithTheErrorWhenTheirClientDies) {
  std::optional<ChatClient> client = make(stepped_options());
  Heard heard;
  const Task task = ask_once(*client, question(), heard);
  client.reset();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(heard.reply->error().kind, ErrorKind::cancelled);
}

TEST_F(Coroutines, CancelTheCallWhenTheyAreDestroyedWhileTheyWait) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->stall();
  ClientOptions with = options();
  with.timeouts = {.first_byte = std::chrono::milliseconds(0), .total = std::chrono::milliseconds(0)};
  const ChatClient client = make(with);
  Heard heard;
  {
    const Task task = ask_once(client, question(), heard);
    EXPECT_TRUE(client.poll());
    EXPECT_FALSE(task.done());
  }
  EXPECT_FALSE(client.poll()) << "the call has ended";
  EXPECT_FALSE(heard.reply);
}

TEST_F(Coroutines, AreNotResumedOnceDestroyed) {
  const ChatClient client = make(stepped_options());
  Heard heard;
  { const Task task = ask_once(client, question(), heard); }
  EXPECT_EQ(stepped->exchange().cancels(), 1);
  EXPECT_FALSE(heard.reply);
}

}  // namespace
}  // namespace chatopen
