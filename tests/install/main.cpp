// What design.md promises by example, from outside: a call to the sandbox over a real socket, and one to the mock.
#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/testing/record_once.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace co = chatopen;
using namespace std::chrono_literals;

int check_names(const std::string& picture);  // names.cpp
int check_streams();                          // streams.cpp
bool check_coroutine();                       // coroutine.cpp

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::cerr << "not so: " << what << '\n';
  ++failures;
}

co::ChatRequest picture_question() {
  return {
      .endpoint = co::endpoints::gpt_4o_multimodal(),
      .messages = {co::Message::system("Be brief."), co::Message::user({co::text("what's the content of the picture?"),
                                                                        co::image_url("https://example.com/a.jpg")})},
  };
}

void ask_the_sandbox() {
  co::Result<co::Sandbox> sandbox = co::Sandbox::start();
  if (!sandbox) {
    std::cerr << sandbox.error() << '\n';
    ++failures;
    return;
  }
  co::Result<co::ChatClient> made = co::ChatClient::create({
      .base_url = sandbox->base_url(),
      .credentials = sandbox->credentials(),
  });
  co::ChatClient client = std::move(made).value();
  co::Result<co::ChatReply> reply = client.chat(picture_question());
  if (!reply) {
    std::cerr << reply.error() << '\n';
    ++failures;
    return;
  }
  expect(!reply->text().empty(), "the sandbox answers");
  expect(!client.chat(picture_question()).value().text().empty(), "a reply may be read from a temporary");
  co::Result<co::ChatReply> quick =
      client.chat(picture_question(), {.timeouts = {.idle = 10s, .total = 30s}, .retry = co::RetryPolicy::none()});
  expect(quick.has_value(), "a call with options of its own succeeds");
  expect(sandbox->connections() == 1 && sandbox->requests() == 3, "three calls share one connection");
  expect(client.set_credentials({.access_key_id = "other", .access_key_secret = "wrong"}).has_value(),
         "credentials can be replaced");
  co::Result<co::ChatReply> refused = client.chat(picture_question());
  expect(!refused && refused.error().kind == co::ErrorKind::authentication, "wrong credentials are an error");
}

void ask_the_mock() {
  auto mock = std::make_shared<co::testing::MockTransport>();
  mock->reply({.status = 200, .body = R"({"code":"200","msg":"ok","data":{"answer":"hi"}})"});
  mock->fail(co::TransportFailure::connection_reset);
  auto under_test = co::ChatClient::create({.base_url = "https://x.example",
                                            .credentials = {.access_key_id = "id", .access_key_secret = "secret"},
                                            .transport = mock});
  expect(under_test->chat(picture_question()).value().text() == "hi", "the mock's reply arrives");
  co::Result<co::ChatReply> broken = under_test->chat(picture_question());
  expect(!broken && broken.error().kind == co::ErrorKind::connection && broken.error().maybe_processed,
         "the mock's failure arrives");
  expect(mock->requests().size() == 2 && mock->requests()[0].method == "POST" && !mock->requests()[0].url.empty() &&
             !mock->requests()[0].headers.empty() && !mock->requests()[0].body.empty(),
         "the mock records what was sent");
}

// Links what the testing library needs of the SDK's.
void use_a_cassette() {
  const auto cassette = (std::filesystem::temp_directory_path() / "chatopen_outside_cassette.json").string();
  std::filesystem::remove(cassette);
  auto mock = std::make_shared<co::testing::MockTransport>();
  mock->reply({.status = 200, .body = R"({"code":"200","msg":"ok","data":{"answer":"hi"}})"});
  for (int i = 0; i < 2; ++i) {
    auto client = co::ChatClient::create({.base_url = "https://x.example",
                                          .credentials = {.access_key_id = "id", .access_key_secret = "secret"},
                                          .transport = co::testing::record_once(cassette, mock).value()});
    expect(client->chat(picture_question()).value().text() == "hi", "a cassette is recorded, and replayed");
  }
  std::filesystem::remove(cassette);
}

}  // namespace

int main(int count, char** arguments) {
  ask_the_sandbox();
  ask_the_mock();
  use_a_cassette();
  failures += check_names(count > 1 ? arguments[1] : "") + check_streams();
  expect(check_coroutine(), "coroutines await calls");
  if (failures == 0) std::cout << "ok\n";
  return failures == 0 ? 0 : 1;
}
