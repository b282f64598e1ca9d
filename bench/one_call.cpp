// The smallest program that makes one call; its size is what an application pays.

#include <chatopen/chatopen.hpp>

#include <cstdio>

int main() {
  auto options = chatopen::ClientOptions::from_environment();
  if (!options) return 2;
  auto client = chatopen::ChatClient::create(*std::move(options));
  if (!client) return 2;
  const auto reply =
      client->chat({.endpoint = chatopen::endpoints::gpt_4o(), .messages = {chatopen::Message::user("Say hello.")}});
  if (!reply) return 1;
  std::puts(reply->text().c_str());
  return 0;
}
