// A character speaks while the game goes on: a loop of frames that never waits for the network, and no other thread.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

namespace co = chatopen;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

int main() {
  auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  // Nothing happens behind the loop's back: calls go on only within poll.
  const auto transport = co::CurlTransport::create({.poll_driven = true});
  if (!transport) {
    std::cerr << transport.error() << '\n';
    return 1;
  }
  options->transport = *transport;
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }

  constexpr auto step = 16ms;
  std::cout << "Innkeeper: ";
  const auto asked = Clock::now();
  // The header is for the sandbox, which would otherwise speak at once.
  co::ChatStream line = client->stream({.endpoint = co::endpoints::role_play("innkeeper"),
                                        .messages = {co::Message::system("You keep an inn in the mountains."),
                                                     co::Message::user("Good evening. Is there a room left?")}},
                                       {.headers = {{"X-Sandbox-Reply", "pace-ms=40"}}});
  Clock::duration longest = Clock::now() - asked;
  int frames = 1;
  for (auto next_frame = Clock::now(); !line.done(); next_frame += step) {
    std::this_thread::sleep_until(next_frame);
    const auto started = Clock::now();
    client->poll(0ms);
    while (const auto delta = line.try_next()) std::cout << delta->text << std::flush;
    // Here the world moves on and is drawn.
    longest = std::max(longest, Clock::now() - started);
    ++frames;
  }
  const auto whole = line.finish();  // does not wait: the line is done
  std::cout << '\n';
  if (!whole) {
    std::cerr << whole.error() << '\n';
    return 1;
  }
  std::cout << frames << " frames; the longest spent "
            << std::chrono::duration_cast<std::chrono::microseconds>(longest).count() << " us of "
            << std::chrono::microseconds(step).count() << " on the conversation\n";
}
