// one_call <base URL> <key id> <key secret>: the smallest program that makes one call; its size is what an application
// pays.

#include <chatopen/chatopen.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto client = chatopen::ChatClient::create(
      {.base_url = argv[1], .credentials = {.access_key_id = argv[2], .access_key_secret = argv[3]}});
  if (!client) return 2;
  const auto reply =
      client->chat({.endpoint = chatopen::endpoints::gpt_4o(), .messages = {chatopen::Message::user("Say hello.")}});
  if (!reply) return 1;
  std::puts(reply->text().c_str());
  return 0;
}
