// The ways to end a call early: a deadline, a source of cancellation, a std::stop_token, a callback that has enough.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/stop_token.hpp>

#include <chrono>
#include <iostream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace co = chatopen;
using namespace std::chrono_literals;

void show(std::string_view what, const co::Result<co::ChatReply>& reply) {
  std::cout << what << ":\n  ";
  if (reply)
    std::cout << "answered: " << reply->text() << '\n';
  else
    std::cout << reply.error() << '\n';
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
  const co::ChatRequest request{.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("Tell a story.")}};
  // The sandbox obeys this header and takes a minute; a real service ignores it, and may be quick enough to answer.
  const std::vector<co::HttpHeader> slow = {{"X-Sandbox-Reply", "delay-ms=60000"}};

  show("A deadline for the whole call", client->chat(request, {.timeouts = {.total = 100ms}, .headers = slow}));

  // One source cancels every call that was given its token, from any thread.
  co::CancelSource source;
  std::jthread user([source]() mutable {
    std::this_thread::sleep_for(100ms);
    source.cancel();
  });
  show("A token, cancelled by another thread", client->chat(request, {.headers = slow, .cancel = source.token()}));

  // A std::jthread that waits for a reply ends at once when it is asked to stop.
  std::jthread worker([&](std::stop_token stop) {
    const co::CancelOnStop on_stop(std::move(stop));
    show("A stop token", client->chat(request, {.headers = slow, .cancel = on_stop.token()}));
  });
  std::this_thread::sleep_for(100ms);
  worker.request_stop();
  worker.join();

  auto pending = client->chat_async(request, {.headers = slow});
  if (!pending.wait_for(100ms)) pending.cancel();
  show("A pending call", std::move(pending).get());

  // A callback that returns false has what it wants: the connection closes, and what came is the reply.
  int words = 0;
  show("Three pieces are enough", client->chat(request, [&words](const co::ChatDelta& delta) {
    if (!delta.text.empty()) ++words;
    return words < 3;
  }));
}
