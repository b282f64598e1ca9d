#include "sandbox/stream_response.hpp"

#include "sandbox/listening_server.hpp"
#include "sandbox/stream_writer.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace chatopen::sandbox {
namespace {

#ifdef CHATOPEN_SANDBOX_OWN_CONNECTION_LOOP

// The end of the sandbox ends the connections.
bool wait_while_open(Gate& /*gate*/, std::chrono::milliseconds time, const httplib::DataSink& /*sink*/) {
  return ListeningServer::wait_while_open(time);
}

void reset_at_close() {
  ListeningServer::reset_at_close();
}

#else

// The library keeps the socket to itself, and only says how it is.
bool wait_while_open(Gate& gate, std::chrono::milliseconds time, const httplib::DataSink& sink) {
  constexpr std::chrono::milliseconds look_interval{50};
  for (std::chrono::milliseconds rest = time; rest.count() > 0; rest -= std::min(rest, look_interval)) {
    if (!gate.wait_for(std::min(rest, look_interval)) || !sink.is_writable()) return false;
  }
  return true;
}

void reset_at_close() {}

#endif

}  // namespace

void set_stream(httplib::Response& response, const std::string& content_type, StreamBody body, Gate& gate) {
  const auto wait = [&gate](std::chrono::milliseconds time, const httplib::DataSink& sink) {
    return wait_while_open(gate, time, sink);
  };
  // The library copies the function that it is given.
  const auto writer = std::make_shared<StreamWriter>(std::move(body), wait, reset_at_close);
  response.set_chunked_content_provider(
      content_type, [writer](std::size_t, httplib::DataSink& sink) { return writer->write_next(sink); });
}

}  // namespace chatopen::sandbox
