// Two conversations at once, written as if each waited: coroutines that go on, after each reply, on the main thread.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/coroutine.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>

namespace co = chatopen;

// Where coroutines go on. Your program has such a loop already, or lets them go on on the transport's thread.
class Loop {
 public:
  void post(std::coroutine_handle<> coroutine) {
    const std::lock_guard lock(mutex_);
    ready_.push_back(coroutine);
    changed_.notify_one();
  }
  std::coroutine_handle<> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty(); });
    const std::coroutine_handle<> coroutine = ready_.front();
    ready_.pop_front();
    return coroutine;
  }

  int talking = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::coroutine_handle<>> ready_;
};

// The least that a coroutine can return.
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Task talk(const co::ChatClient& client, Loop& loop, std::string model) {
  ++loop.talking;
  co::ChatRequest request{.endpoint = co::endpoints::general_llm(model)};
  for (const char* question : {"Why is the sky blue?", "And in the evening?"}) {
    request.messages.push_back(co::Message::user(question));
    const auto reply = co_await co::resume_on(client.chat_async(request), [&](auto self) { loop.post(self); });
    if (!reply) {
      std::cerr << reply.error() << '\n';
      break;
    }
    std::cout << model << ": " << reply->text() << '\n';
    request.messages.push_back(co::Message::assistant(reply->text()));
  }
  --loop.talking;
}

int main() {
  const auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  const auto client = co::ChatClient::create(*options).value();
  Loop loop;
  talk(client, loop, "deepseek-chat");
  talk(client, loop, "moonshot-128k");
  while (loop.talking > 0) loop.next().resume();
}
