// The coroutine header from outside, in a translation unit of its own.
#include <chatopen/chatopen.hpp>
#include <chatopen/coroutine.hpp>
#include <chatopen/testing/mock_transport.hpp>

#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace co = chatopen;

bool check_coroutine();  // for main.cpp

namespace {

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Task talk(const co::ChatClient& client, std::coroutine_handle<>& waiting, std::string& heard) {
  const co::ChatRequest request{.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("Hello")}};
  auto reply = co_await client.chat_async(request);
  if (reply) heard += reply->text();
  auto keep = [&waiting](std::coroutine_handle<> coroutine) { waiting = coroutine; };
  co::Result<co::ChatReply> second = co_await co::resume_on(client.chat_async(request), keep);
  if (second) heard += second->text();
}

}  // namespace

bool check_coroutine() {
  auto mock = std::make_shared<co::testing::MockTransport>(co::testing::MockOptions{.poll_driven = true});
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"one"}})"});
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"two"}})"});
  const co::ChatClient client =
      co::ChatClient::create({.base_url = "https://x.example", .credentials = {"id", "secret"}, .transport = mock})
          .value();
  std::coroutine_handle<> waiting;
  std::string heard;
  talk(client, waiting, heard);
  while (client.poll()) {
  }
  if (heard != "one" || !waiting) return false;
  waiting.resume();
  return heard == "onetwo";
}
