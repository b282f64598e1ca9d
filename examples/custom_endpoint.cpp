// Calls a path that the SDK does not know, and corrects one that it knows only by inference.
//
// With CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID and CHATOPEN_ACCESS_KEY_SECRET set it asks the real service, otherwise
// a sandbox in this process, which answers what it received.

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <iostream>
#include <vector>

namespace co = chatopen;

int print(const co::Result<co::ChatReply>& reply) {
  if (!reply) {
    std::cerr << reply.error() << '\n';
    return 1;
  }
  std::cout << reply->text() << '\n';
  return 0;
}

int main() {
  auto options = co::environment_or_sandbox();
  if (!options) {
    std::cerr << options.error() << '\n';
    return 1;
  }

  for (const co::Endpoint& endpoint : co::endpoints::all()) {
    std::cout << endpoint.name << ": " << endpoint.path << " (" << co::to_string(endpoint.provenance) << ")\n";
  }

  // If a path turns out to be another, say so here, or in the configuration file; no need to rebuild the SDK.
  options->endpoints = {
      {.name = "moonshot-128k", .path = "/AIGCChatOpenServ/saas/{model}/text", .wire_form = co::WireForm::prompt}};
  const auto client = co::ChatClient::create(*options);
  if (!client) {
    std::cerr << client.error() << '\n';
    return 1;
  }
  const std::vector<co::Message> messages = {co::Message::system("Be brief."), co::Message::user("Why?")};
  const int corrected = print(client->chat({.endpoint = co::endpoints::moonshot_128k(), .messages = messages}));

  // An endpoint of your own. `extra` carries members that the SDK has no name for.
  const int own = print(client->chat({
      .endpoint = co::Endpoint::custom("/AIGCChatOpenServ/saas/my-model/text/v3", co::WireForm::messages),
      .messages = messages,
      .extra = R"({"knowledgeBase":"handbook"})",
  }));
  return corrected + own;
}
