// Plays a role: a persona, an answer that is printed while it comes, a branch, and a conversation that goes on after it
// was saved and loaded.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/conversation.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <cstdio>
#include <iostream>
#include <string>

namespace co = chatopen;

namespace {

bool say(co::Conversation& innkeeper, const std::string& line) {
  std::cout << "Guest: " << line << "\nInnkeeper: ";
  const auto reply = innkeeper.ask(line, [](const co::ChatDelta& delta) { std::cout << delta.text << std::flush; });
  std::cout << "\n";
  if (!reply) std::cerr << reply.error() << '\n';  // the history is as it was: ask again, or another question
  return reply.has_value();
}

}  // namespace

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

  co::Conversation innkeeper(*client, {.endpoint = co::endpoints::role_play("innkeeper"),
                                       .messages = {co::Message::system("You keep an inn in the mountains.")},
                                       .temperature = 0.9});
  // Forgets the oldest exchanges; the persona stays.
  innkeeper.set_limits({.max_exchanges = 20, .max_tokens = 8000});
  if (!say(innkeeper, "Good evening. Is there a room left?")) return 1;

  // A copy goes its own way.
  co::Conversation polite = innkeeper;
  if (!say(polite, "Then I take it, thank you.")) return 1;

  const std::string file = "conversation_example.json";
  if (const auto saved = innkeeper.save(file); !saved) {
    std::cerr << saved.error() << '\n';
    return 1;
  }
  co::Conversation later(*client, co::endpoints::role_play("innkeeper"));
  const auto loaded = later.load(file);
  std::remove(file.c_str());
  if (!loaded) {
    std::cerr << loaded.error() << '\n';
    return 1;
  }
  if (!say(later, "Is supper included?")) return 1;
  std::cout << "(" << later.history().size() << " messages)\n";
}
