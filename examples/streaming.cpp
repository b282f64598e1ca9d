// Prints a reply while it comes: once pushed to a callback, once pulled by a loop. The second breaks off on purpose.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>

namespace co = chatopen;

// Only the sandbox obeys this header; a real service has a pace and faults of its own.
co::CallOptions sandbox_reply(const char* directives) {
  return {.headers = {{"X-Sandbox-Reply", directives}}};
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
  const co::ChatRequest request{
      .endpoint = co::endpoints::deepseek_chat_streaming(),
      .messages = {co::Message::system("Be brief."), co::Message::user("Why is the sky blue?")},
  };

  // Pushed. The callback runs on this thread, and the call returns the whole reply.
  const auto reply = client->chat(
      request, [](const co::ChatDelta& delta) { std::cout << delta.text << std::flush; }, sandbox_reply("pace-ms=30"));
  std::cout << '\n';
  if (!reply) {
    std::cerr << reply.error() << '\n';
    return 1;
  }
  std::cout << "(" << reply->text().size() << " bytes)\n";

  // Pulled. A loop that reads slowly slows the sender. What came before an error stays printed.
  co::ChatStream stream = client->stream(request, sandbox_reply("pace-ms=30; error-after=4"));
  for (const co::ChatDelta& delta : stream) std::cout << delta.text << std::flush;
  const auto whole = stream.finish();
  if (whole)
    std::cout << '\n';
  else
    std::cout << "…\nbroke off: " << whole.error() << '\n';
}
