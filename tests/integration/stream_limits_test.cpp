#include "process_memory.hpp"
#include "stream_door.hpp"

#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ErrorKind;

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

// Else what a growing buffer leaves behind would count, too: the C library learns to keep it for later.
void give_back_freed_memory() {
#ifdef M_MMAP_THRESHOLD
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

using StreamLimits = StreamFaults;

TEST_P(StreamLimits, Row33EndlessEventLineIsTooLargeAtTheCap) {
  constexpr std::size_t cap = 16 * mebibyte;
  const std::string piece(64 * 1024, 'x');
  const std::string whole = event_of("one") + std::string(done_event);
  RawServer server([&](Connection& connection) {
    // On the same connection, so that what the first call sets up is no part of what is measured.
    connection.read_request();
    // At once: a call is over with [DONE], and its connection is free only behind the end.
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
                    std::to_string(whole.size()) + "\r\n\r\n" + whole);
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, event_of("one") + "data:");
    while (send_chunk(connection, piece)) {
    }
  });
  chatopen::ClientOptions options = options_for(server.base_url());
  options.limits.max_event_bytes = cap;
  const ChatClient client = ChatClient::create(std::move(options)).value();
  ASSERT_TRUE(tell(client).reply);
  give_back_freed_memory();
  reset_peak_memory();
  const std::size_t before = peak_memory();
  expect_broken_off(tell(client), ErrorKind::too_large, "one");
  EXPECT_LE(peak_memory(), before + allowed_memory(cap + mebibyte));
  EXPECT_LT(server.sent(), cap + 17 * mebibyte) << "it was read on";
}

milliseconds processor_time() {
  timespec used = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + milliseconds(used.tv_nsec / 1'000'000);
}

TEST_P(StreamLimits, Row34LargeEventIsDeliveredInLinearTime) {
  const auto taken = [](std::size_t size) {
    const std::string text(size, 'x');
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      const std::string event = event_of(text);
      constexpr std::size_t chunk = 64 * 1024;
      for (std::size_t at = 0; at < event.size(); at += chunk) {
        send_chunk(connection, std::string_view(event).substr(at, chunk));
      }
      send_chunk(connection, done_event);
      connection.send(last_chunk);
      connection.wait_for_close();
    });
    const ChatClient client =
        ChatClient::create({.base_url = server.base_url(),
                            .credentials = {.access_key_id = canary_id, .access_key_secret = canary_secret}})
            .value();
    const milliseconds before = processor_time();
    const Told told = tell(client);
    EXPECT_TRUE(told.reply) << told.reply.error();
    EXPECT_EQ(told.deltas, 1U);
    EXPECT_TRUE(told.text == text) << told.text.size() << " bytes";
    return processor_time() - before;
  };
  // Eight times as much takes eight times as long, and sixty-four times where the time is quadratic.
  const std::size_t large = (slowdown > 1 ? 16 : 64) * mebibyte;
  const milliseconds small = std::max(taken(large / 8), milliseconds(5));
  EXPECT_LT(taken(large), 24 * small);
}

TEST_P(StreamLimits, Row35BytesThatComeOneByOneMakeTheSameDeltas) {
  const std::vector<std::string> texts = {"Grüße, ",        "世界 ", "\xF0\x9F\x98\x80 ", R"(\ud83d\ude00\u00e9 )",
                                          R"(\"quoted\" )", "מילה ", "e\xCC\x81"};
  std::string body = "\xEF\xBB\xBF: a comment\r\n\r\n";
  for (const std::string& text : texts) body += event_of(text);
  // Each way in which a line may end.
  body += "data:{\"data\":\r\ndata: {\"answer\":\" \xE2\x82\xAC\"}}\r\n\r\ndata:{\"data\":{\"answer\":\"!\"}}\r\r";
  body += done_event;
  enum class Packets { whole, chunk_each, byte_each };
  const auto told_in = [&](Packets packets, std::vector<std::string>& pieces) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      if (packets == Packets::whole) send_chunk(connection, body);
      if (packets == Packets::chunk_each) {
        for (const char& byte : body) send_chunk(connection, {&byte, 1});
      }
      if (packets == Packets::byte_each) {
        for (const char& byte : body) {
          for (const char each : std::string("1\r\n") + byte + "\r\n") connection.send({&each, 1});
        }
      }
      connection.send(last_chunk);
      connection.wait_for_close();
    });
    const Told told = tell(client_for(server), {}, [&](const ChatDelta& delta) { pieces.push_back(delta.text); });
    EXPECT_TRUE(told.reply) << told.reply.error();
  };
  std::vector<std::string> whole, chunks, bytes;
  told_in(Packets::whole, whole);
  told_in(Packets::chunk_each, chunks);
  told_in(Packets::byte_each, bytes);
  EXPECT_THAT(whole, ::testing::ElementsAre("Grüße, ", "世界 ", "\xF0\x9F\x98\x80 ", "\xF0\x9F\x98\x80\xC3\xA9 ",
                                            "\"quoted\" ", "מילה ", "e\xCC\x81", " \xE2\x82\xAC", "!"));
  EXPECT_EQ(chunks, whole);
  EXPECT_EQ(bytes, whole);
}

// Until the server's sockets have taken nothing for a while.
void wait_until_sending_stops(const RawServer& server) {
  constexpr milliseconds while_long(1300);
  std::uint64_t sent = 0;
  do {
    sent = server.sent();
    std::this_thread::sleep_for(while_long);
  } while (server.sent() != sent);
}

TEST_P(StreamLimits, Row61SlowReaderSlowsTheSender) {
  constexpr std::size_t events = slowdown > 1 ? 1024 : 4096;
  const std::string text(64 * 1024, 'x');
  RawServer server([&](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    // The text is short, and the event long by what the client ignores: the reply that it puts together is no buffer.
    const std::string event = R"(data:{"code":"200","padding":")" + text + R"(","data":{"answer":"x"}})" + "\n\n";
    for (std::size_t i = 0; i < events && send_chunk(connection, event); ++i) {
    }
    send_chunk(connection, done_event);
    connection.send(last_chunk);
    connection.wait_for_close();
  });
  chatopen::ClientOptions options = options_for(server.base_url());
  options.limits.max_reply_bytes = 1024 * mebibyte;
  // Shorter than the reader takes.
  options.timeouts.idle = milliseconds(1000);
  const ChatClient client = ChatClient::create(std::move(options)).value();
  bool waited = false;
  const Told told = tell(client, {}, [&](const ChatDelta&) {
    if (waited) return;
    waited = true;
    reset_peak_memory();
    const std::size_t before = peak_memory();
    wait_until_sending_stops(server);
    // Two sockets' buffers, and what a pulled stream buffers of such events.
    EXPECT_LT(server.sent(), 16 * mebibyte + mebibyte + 64 * text.size());
    EXPECT_LT(peak_memory(), before + allowed_memory(4 * mebibyte));
  });
  ASSERT_TRUE(told.reply) << told.reply.error();
  EXPECT_EQ(told.text.size(), events);
  EXPECT_GT(server.sent(), events * text.size());
}

EVERY_STREAM_DOOR(StreamLimits);

}  // namespace
}  // namespace integration
