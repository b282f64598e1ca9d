// What can go wrong, and what a program can do about it. Nothing here throws: every call returns a Result.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <chrono>
#include <iostream>
#include <string_view>

namespace co = chatopen;
using namespace std::chrono_literals;

// Kinds are grouped by what the caller can do.
std::string_view advice(const co::Error& error) {
  switch (error.kind) {
    case co::ErrorKind::invalid_argument:
    case co::ErrorKind::invalid_request:
    case co::ErrorKind::not_found:
    case co::ErrorKind::io: return "correct the request or the file";
    case co::ErrorKind::configuration:
    case co::ErrorKind::authentication:
    case co::ErrorKind::permission_denied:
    case co::ErrorKind::tls:
    case co::ErrorKind::proxy:
    case co::ErrorKind::redirect_refused: return "correct the set-up: address, credentials, certificates";
    case co::ErrorKind::rate_limited: return "wait as long as retry_after says, and call less often";
    case co::ErrorKind::resolve:
    case co::ErrorKind::connect: return "nothing was sent: try again later";
    case co::ErrorKind::connection:
    case co::ErrorKind::timeout:
    case co::ErrorKind::truncated:
    case co::ErrorKind::server_error:
      return error.maybe_processed ? "it may have been done and billed: decide before trying again" : "try again later";
    case co::ErrorKind::cancelled: return "you asked for it";
    case co::ErrorKind::protocol:
    case co::ErrorKind::too_large:
    case co::ErrorKind::api: return "report it with the message and the request id";
  }
  return {};
}

void show(std::string_view what, const co::Result<co::ChatReply>& reply) {
  std::cout << what << ":\n";
  if (reply)
    std::cout << "  answered after " << reply->attempts() << " attempt(s)\n";
  else
    std::cout << "  " << reply.error() << "\n  -> " << advice(reply.error()) << '\n';
}

int main() {
  const auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }
  auto client = co::ChatClient::create(*options).value();  // value() throws co::Exception, for those who like that
  const co::ChatRequest question{.endpoint = co::endpoints::gpt_4o(), .messages = {co::Message::user("Hello?")}};

  show("An empty request, found before anything is sent", client.chat({.endpoint = co::endpoints::gpt_4o()}));
  // The service says no to itself only: the sandbox fails on demand, a real service ignores this header.
  show("A busy server, with retries",
       client.chat(question, {.retry = co::RetryPolicy{.max_retries = 1, .initial_backoff = 1ms},
                              .headers = {{"X-Sandbox-Reply", "status=503"}}}));
  show("A slow server, with little patience",
       client.chat(question, {.timeouts = {.total = 200ms}, .headers = {{"X-Sandbox-Reply", "delay-ms=60000"}}}));
  if (auto replaced = client.set_credentials({"wrong-id", "wrong-secret"}); !replaced) return 1;
  show("Wrong credentials", client.chat(question));
}
