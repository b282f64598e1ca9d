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
#include <functional>
#include <iostream>
#include <mutex>
#include <string>

namespace co = chatopen;

// Where coroutines go on. Your program has such a loop already, or lets them go on on the transport's thread.
class Loop {
 public:
  void operator()(std::coroutine_handle<> coroutine) {
    const std::lock_guard lock(mutex_);
    ready_.push_back(coroutine);
    changed_.notify_one();
  }
  // Until every conversation has ended.
  void run() {
    std::unique_lock lock(mutex_);
    while (talking > 0) {
      changed_.wait(lock, [this] { return !ready_.empty(); });
      const std::coroutine_handle<> coroutine = ready_.front();
      ready_.pop_front();
      lock.unlock();
      coroutine.resume();
      lock.lock();
    }
  }

  int talking = 0;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::coroutine_handle<>> ready_;
};

// The least that a coroutine can return: it runs until it first waits, and frees itself at its end.
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Task talk(const co::ChatClient& client, Loop& loop, std::string model, int& failures) {
  ++loop.talking;
  co::ChatRequest request{.endpoint = co::endpoints::general_llm(model)};
  for (const char* question : {"Why is the sky blue?", "And in the evening?"}) {
    request.messages.push_back(co::Message::user(question));
    const auto reply = co_await co::resume_on(client.chat_async(request), std::ref(loop));
    if (!reply) {
      std::cerr << reply.error() << '\n';
      ++failures;
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
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }
  Loop loop;
  int failures = 0;
  talk(*client, loop, "deepseek-chat", failures);
  talk(*client, loop, "moonshot-128k", failures);
  loop.run();
  return failures;
}
