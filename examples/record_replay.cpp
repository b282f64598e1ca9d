// Tests that run against real replies without a network: what the service said once is kept in a file, a cassette, and
// replayed from then on. Link chatopen::testing. Its argument names the file; delete that to record it anew.

#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/testing/recording_transport.hpp>
#include <chatopen/testing/replay_transport.hpp>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace co = chatopen;

// The application's function. It knows nothing of tests.
std::string ask(const co::ChatClient& client, const std::string& question) {
  std::string answer;
  const auto reply = client.chat(
      {
          .endpoint = co::endpoints::deepseek_chat_streaming(),
          .messages = {co::Message::user(question)},
          .extra = R"({"user":"alice@example.com"})",
      },
      [&answer](const co::ChatDelta& piece) { answer += "[" + piece.text + "]"; });
  return reply ? answer : to_string(reply.error());
}

co::Result<co::ChatClient> client_with(co::ClientOptions options, std::shared_ptr<co::Transport> transport) {
  options.transport = std::move(transport);
  return co::ChatClient::create(std::move(options));
}

int main(int argc, char** argv) try {
  const std::string cassette =
      argc > 1 ? argv[1] : (std::filesystem::temp_directory_path() / "chatopen_example.json").string();

  if (!std::filesystem::exists(cassette)) {
    // Neither the credentials nor the user's name reach the disk.
    const auto recorder = co::testing::RecordingTransport::create(co::CurlTransport::create().value(), cassette,
                                                                  {.redact_members = {"user"}})
                              .value();
    const auto recording = client_with(co::environment_or_sandbox().value(), recorder).value();
    std::cout << "recorded: " << ask(recording, "Why is the sky blue?") << '\n';
    recorder->save().value();
  }

  // No network and no account: any host and any credentials will do.
  const auto replay = co::testing::ReplayTransport::open(cassette).value();
  const auto replaying =
      client_with({.base_url = "https://gateway.example", .credentials = {"id", "secret"}}, replay).value();
  std::cout << "replayed: " << ask(replaying, "Why is the sky blue?") << '\n';
  replay->check().value();  // Every request was in the cassette, and every record was asked for.

  // What the cassette does not have fails, and says how it differs from what it has.
  const auto strict = co::testing::ReplayTransport::open(cassette).value();
  const auto mistaken = client_with({.base_url = "https://gateway.example", .credentials = {"id", "secret"}}, strict);
  std::cout << "mismatch: " << ask(mistaken.value(), "Why is the sky red?") << '\n';
  return 0;
} catch (const co::Exception& failed) {
  std::cerr << failed.what() << '\n';
  return 1;
}
