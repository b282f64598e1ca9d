#include "stream_door.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace integration {
namespace {

using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::Result;
using Clock = std::chrono::steady_clock;

}  // namespace

std::ostream& operator<<(std::ostream& out, Door door) {
  switch (door) {
    case Door::pushed: return out << "Pushed";
    case Door::pulled: return out << "Pulled";
    case Door::async: return out << "Async";
    case Door::whole: return out << "Whole";
    case Door::whole_async: return out << "WholeAsync";
  }
  return out;
}

Told tell(Door door, const chatopen::ChatClient& client, const chatopen::CallOptions& call,
          const std::function<void(const ChatDelta&)>& on_delta) {
  std::string text;
  std::size_t deltas = 0;
  const auto take = [&](const ChatDelta& delta) {
    text += delta.text;
    ++deltas;
    if (on_delta) on_delta(delta);
  };
  const auto start = Clock::now();
  Result<ChatReply> reply = [&]() -> Result<ChatReply> {
    switch (door) {
      case Door::pushed: return client.chat(question(), take, call);
      case Door::async: return client.stream_async(question(), take, call).get();
      case Door::whole: return client.chat(question(), call);
      case Door::whole_async: return client.chat_async(question(), call).get();
      case Door::pulled: break;
    }
    chatopen::ChatStream stream = client.stream(question(), call);
    for (const ChatDelta& delta : stream) take(delta);
    return stream.finish();
  }();
  const auto elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  if (reply && (door == Door::whole || door == Door::whole_async)) {
    text = reply->text();
  } else if (reply) {
    EXPECT_EQ(reply->text(), text) << "the assembled reply is not what its pieces add up to";
  } else {
    expect_no_secret(reply.error());
  }
  return {std::move(reply), std::move(text), deltas, elapsed};
}

std::string event_of(std::string_view text) {
  return R"(data:{"code":"200","msg":"ok","data":{"answer":")" + std::string(text) + "\"}}\n\n";
}

bool begin_stream(Connection& connection) {
  return connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool send_chunk(Connection& connection, std::string_view bytes) {
  std::array<char, 24> size;
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return connection.send(std::string(size.data()) + std::string(bytes) + "\r\n");
}

void StreamFaults::expect_broken_off(const Told& told, chatopen::ErrorKind kind, std::string_view text) {
  EXPECT_EQ(told.text, text);
  ASSERT_FALSE(told.reply) << told.reply->text();
  const chatopen::Error& error = told.reply.error();
  EXPECT_EQ(error.kind, kind) << error;
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
}

}  // namespace integration
