#pragma once

#include <chatopen/chatopen.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace chatopen::bench {

/// The documented question about a picture.
inline ChatRequest question() {
  return {.endpoint = endpoints::gpt_4o_multimodal(),
          .messages = {
              Message::user({text("what's the content of the picture?"), image_url("https://example.com/a.jpg")})}};
}

/// A client of the local server, or of the given transport. A benchmark that fails has no result: it ends the program.
inline ChatClient connect(const std::string& base_url, std::shared_ptr<Transport> transport = {}) {
  Result<ChatClient> client = ChatClient::create({.base_url = base_url,
                                                  .credentials = {.access_key_id = "id", .access_key_secret = "secret"},
                                                  .transport = std::move(transport)});
  if (!client) {
    std::fprintf(stderr, "no client: %s\n", client.error().message.c_str());
    std::exit(1);
  }
  return *std::move(client);
}

/// The length of the answer.
inline std::size_t ask(const ChatClient& client, const ChatRequest& request) {
  const Result<ChatReply> reply = client.chat(request);
  if (!reply || reply->text().empty()) {
    std::fprintf(stderr, "no answer: %s\n", reply ? "empty" : reply.error().message.c_str());
    std::exit(1);
  }
  return reply->text().size();
}

}  // namespace chatopen::bench
