#include <chatopen/chatopen.hpp>
#include <chatopen/json.hpp>
#include <chatopen/testing/mock_transport.hpp>

#include <iostream>
#include <memory>

int main() {
  auto mock = std::make_shared<chatopen::testing::MockTransport>();
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"hi"}})"});
  auto client = chatopen::ChatClient::create(
      {.base_url = "https://x.example", .credentials = {"id", "secret"}, .transport = mock});
  auto reply =
      client->chat({.endpoint = chatopen::endpoints::gpt_4o(), .messages = {chatopen::Message::user("Hello")}});
  const nlohmann::json body = chatopen::to_json(*reply);
  if (body["data"]["answer"] != "hi") return 1;
  std::cout << "ok\n";
}
