// How an application tests its own code: the client is the real one, the network a script. Link chatopen::testing. Run
// it: it is its own test.

#include <chatopen/chatopen.hpp>
#include <chatopen/testing/mock_transport.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace co = chatopen;

// The application's function. It knows nothing of tests.
std::string caption(const co::ChatClient& client, const std::string& picture_url) {
  const auto reply = client.chat({
      .endpoint = co::endpoints::gpt_4o_multimodal(),
      .messages = {co::Message::user({co::text("Describe this picture in five words."), co::image_url(picture_url)})},
  });
  if (reply) return reply->text();
  return reply.error().kind == co::ErrorKind::rate_limited ? "(busy)" : "(no caption)";
}

int failures = 0;

void expect(bool condition, std::string_view what) {
  std::cout << (condition ? "ok      " : "FAILED  ") << what << '\n';
  if (!condition) ++failures;
}

int main() {
  const auto mock = std::make_shared<co::testing::MockTransport>();
  const auto client = co::ChatClient::create({
      .base_url = "https://gateway.example",
      .credentials = {"id", "secret"},
      .transport = mock,
      .retry = co::RetryPolicy::none(),
  });
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }

  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"A cat on a mat"}})"});
  expect(caption(*client, "https://example.com/cat.jpg") == "A cat on a mat", "the caption is the answer");
  expect(mock->requests().back().body.find("https://example.com/cat.jpg") != std::string::npos, "the picture was sent");
  expect(mock->requests().back().header("X-Request-Req-Accesskeyid") == "id", "the credentials were sent");

  mock->reply({.status = 429, .body = R"({"code":"429","msg":"slow down"})"});
  expect(caption(*client, "https://example.com/cat.jpg") == "(busy)", "a busy service shows as busy");

  mock->fail(co::TransportFailure::connection_reset);
  expect(caption(*client, "https://example.com/cat.jpg") == "(no caption)", "a broken connection gives no caption");

  expect(caption(*client, "not a URL") == "(no caption)", "a bad picture gives no caption");
  expect(mock->requests().size() == 3, "and nothing is sent for it");
  return failures == 0 ? 0 : 1;
}
