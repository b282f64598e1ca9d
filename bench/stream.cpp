// stream <port> <events>: one long stream of stream_server to a typed callback.

#include "question.hpp"

#include <cstddef>
#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  using namespace chatopen;
  if (argc != 3) {
    std::fprintf(stderr, "usage: stream <port> <events>\n");
    return 2;
  }
  const ChatClient client = bench::connect(std::string("http://127.0.0.1:") + argv[1] + "/fast/" + argv[2]);
  std::size_t bytes = 0;
  const auto reply = client.chat(bench::question(), [&](const ChatDelta& delta) { bytes += delta.text.size(); });
  return reply && reply->text().size() == bytes && bytes > 0 ? 0 : 1;
}
