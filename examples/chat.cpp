// A conversation: each turn is sent together with what was said before. Pass another model's name as the argument.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it talks to the real service,
// otherwise to a sandbox in this process, which answers what it received.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>

namespace co = chatopen;

int main(int argc, char** argv) {
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

  co::ChatRequest request{
      .endpoint = co::endpoints::general_llm(argc > 1 ? argv[1] : "deepseek-chat"),
      .messages = {co::Message::system("You are a patient teacher. Answer in one sentence.")},
      .temperature = 0.3,
      .max_tokens = 200,
  };
  for (const char* question : {"Why is the sky blue?", "And why is it red in the evening?"}) {
    request.messages.push_back(co::Message::user(question));
    const auto reply = client->chat(request);
    if (!reply) {
      std::cerr << reply.error() << '\n';
      return 1;
    }
    std::cout << "> " << question << '\n' << reply->text() << '\n';
    if (reply->usage()) std::cout << "(" << reply->usage()->total_tokens << " tokens)\n";
    request.messages.push_back(co::Message::assistant(reply->text()));
  }
}
