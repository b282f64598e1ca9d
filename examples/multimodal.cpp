// Asks about a picture: the one call that the service's reference documents.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process, which answers what it received.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>

namespace co = chatopen;

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

  const auto reply = client->chat({
      .endpoint = co::endpoints::gpt_4o_multimodal(),
      .messages = {co::Message::user(
          {co::text("what's the content of the picture?"), co::image_url("https://example.com/a.jpg")})},
  });
  if (!reply) {
    std::cerr << reply.error() << '\n';
    return 1;
  }
  std::cout << reply->text() << '\n';
}
