// Gets a value of its own type out of an answer, and has the model correct what does not fit.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/json.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace co = chatopen;

struct Character {
  std::string name;
  int age = 0;
  std::vector<std::string> traits;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Character, name, age, traits)

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

  // What a model may say when it is asked, and when it is asked again; only the sandbox obeys.
  const std::string sandbox_says =
      "texts=Gladly!%20%60%60%60json%0A%7B%22name%22%3A%22Ada%22%2C%22age%22%3A%22old%22%2C%22traits%22%3A%5B%5D%7D%0A"
      "%60%60%60|%7B%22name%22%3A%22Ada%22%2C%22age%22%3A36%2C%22traits%22%3A%5B%22curious%22%5D%7D";
  const auto character = co::chat_as<Character>(
      *client,
      {.endpoint = co::endpoints::gpt_4o(),
       .messages = {co::Message::system("Answer with JSON only: {\"name\":string,\"age\":integer,\"traits\":[string]}"),
                    co::Message::user("Invent a character for my story.")}},
      [](const Character& made) { return std::string(made.traits.empty() ? "traits is empty: name one" : ""); },
      {.call = {.headers = {{"X-Sandbox-Reply", sandbox_says}}},
       .max_repairs = 2,
       .on_answer = [](const co::ChatReply& reply, const std::string& fault) {
         std::cout << "The model said: " << reply.text() << '\n';
         if (!fault.empty()) std::cout << "It is asked again: " << fault << '\n';
       }});
  if (!character) {
    std::cerr << character.error() << '\n';
    return 1;
  }
  std::cout << character->name << ", " << character->age << ", " << character->traits.front() << '\n';
}
