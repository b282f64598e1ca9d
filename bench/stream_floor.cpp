// stream_floor nlohmann|simdjson|split <port> <events>: what one long stream of stream_server costs without the SDK,
// with a bare libcurl handle. Each event is parsed into a document by one of two libraries, or not at all.

#include "bare_stream.hpp"
#include "replies.hpp"

#include <simdjson.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace chatopen;

struct SimdjsonReader {
  std::size_t operator()(std::string_view json) {
    // The parser looks beyond the end.
    padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(json);
    std::string_view answer;
    return parser.parse(padded)["data"]["answer"].get(answer) == simdjson::SUCCESS ? answer.size() : 0;
  }

  simdjson::dom::parser parser;
  std::string padded;
};

/// Believes that there is an answer.
struct NoReader {
  std::size_t operator()(std::string_view) const { return bench::stream_answer_size; }
};

template <typename Read>
int receive(const std::string& url, long events) {
  bench::BareStream<Read> stream(url, bench::bare_headers());
  return curl_easy_perform(stream.handle()) == CURLE_OK && stream.whole(events) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const long events = argc == 4 ? std::atol(argv[3]) : 0;
  if (events <= 0) {
    std::fprintf(stderr, "usage: stream_floor nlohmann|simdjson|split <port> <events>\n");
    return 2;
  }
  const std::string_view parser = argv[1];
  const std::string url = std::string("http://127.0.0.1:") + argv[2] + "/fast/" + argv[3];
  curl_global_init(CURL_GLOBAL_DEFAULT);
  if (parser == "nlohmann") return receive<bench::NlohmannReader>(url, events);
  if (parser == "simdjson") return receive<SimdjsonReader>(url, events);
  if (parser == "split") return receive<NoReader>(url, events);
  return 2;
}
