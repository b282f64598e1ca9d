// concurrent <port> <streams> <events> <pace ms>: many slow streams of stream_server at once, each to a typed callback,
// and what they cost.

#include "process.hpp"
#include "question.hpp"
#include "replies.hpp"
#include "stream_costs.hpp"

#include <chatopen/curl_transport.hpp>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

int main(int argc, char** argv) {
  using namespace chatopen;
  if (argc != 5) {
    std::fprintf(stderr, "usage: concurrent <port> <streams> <events> <pace ms>\n");
    return 2;
  }
  const int streams = std::atoi(argv[2]);
  const std::size_t events = static_cast<std::size_t>(std::atoi(argv[3]));
  bench::raise_open_files();
  // As the floor, where libcurl keeps four idle connections for each handle, until the end.
  auto transport = CurlTransport::create({.max_idle_connections = static_cast<std::size_t>(streams)});
  if (!transport) return 1;
  std::optional<ChatClient> client =
      bench::connect(std::string("http://127.0.0.1:") + argv[1] + "/slow/" + argv[3] + "/" + argv[4], *transport);
  const ChatRequest question = bench::question();

  bench::StreamCosts costs;
  std::atomic<int> ended = 0;
  std::atomic<int> finished = 0;
  for (int i = 0; i < streams; ++i) {
    client->stream_async(question, [count = std::size_t{0}](const ChatDelta&) mutable { ++count; })
        .then([&](const Result<ChatReply>& reply) {
          if (ended == 0) costs.count_threads();
          if (reply && reply->text().size() == events * bench::stream_answer_size) ++finished;
          if (++ended == streams) ended.notify_all();
        });
  }
  for (int now = ended; now != streams; now = ended) ended.wait(now);
  client.reset();
  transport->reset();
  costs.print(streams, finished);
  return finished == streams ? 0 : 1;
}
