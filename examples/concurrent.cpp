// A thousand characters speak at once. One thread, the transport's, receives all of it.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service (which
// bills a thousand calls: pass a smaller number), otherwise a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace co = chatopen;

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
  auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  // All calls are under way at once. Over HTTP/1.1 each needs a connection of its own: those beyond the limit wait for
  // one. A sandbox serves 128 unless SandboxOptions::max_connections says otherwise.
  const auto transport = co::CurlTransport::create({.max_idle_connections = 100, .max_connections_per_host = 100});
  if (!transport) {
    std::cerr << transport.error() << '\n';
    return 1;
  }
  options->transport = *transport;

  int speaking = 0, most = 0;  // only the transport's thread touches them, until all have ended
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }
  const auto started = std::chrono::steady_clock::now();
  std::vector<co::Pending<co::ChatReply>> lines;
  for (int i = 0; i < count; ++i) {
    const co::ChatRequest request{
        .endpoint = co::endpoints::role_play("villager"),
        .messages = {co::Message::user("You are villager " + std::to_string(i) + ". Say hello.")}};
    lines.push_back(client->stream_async(
        request,
        [&speaking, &most, begun = false](const co::ChatDelta& delta) mutable {
          if (!std::exchange(begun, true)) most = std::max(most, ++speaking);
          if (!delta.finish_reason.empty()) --speaking;
        },
        {.headers = {{"X-Sandbox-Reply", "pace-ms=10"}}}));  // the sandbox would otherwise be done too soon
  }

  int finished = 0;
  long long tokens = 0;
  for (auto& line : lines) {
    const auto reply = std::move(line).get();
    if (!reply) {
      std::cerr << reply.error() << '\n';
      continue;
    }
    ++finished;
    if (reply->usage()) tokens += reply->usage()->total_tokens;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  std::cout << finished << " of " << count << " lines finished, " << tokens << " tokens, " << seconds.count()
            << " s; up to " << most << " spoke at the same time\n";
  return finished == count ? 0 : 1;
}
