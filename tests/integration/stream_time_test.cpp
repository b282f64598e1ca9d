#include "stream_door.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ErrorKind;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

using StreamEnd = StreamFaults;

TEST_P(StreamEnd, Row30CallerIsDoneAtTheMarkAndTheConnectionIsClosedWhenNoEndComes) {
  std::atomic<Clock::time_point> sent_at = Clock::time_point();
  RawServer server([&](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, event_of("whole"));
    sent_at = Clock::now();
    send_chunk(connection, done_event);
    connection.wait_for_close();
  });
  const ChatClient client = client_for(server);
  std::size_t calls = 0;
  const milliseconds shortest = shortest_of_runs(cancellation_slack, [&] {
    const Told told = tell(client);
    const auto ended = Clock::now();
    ++calls;
    EXPECT_TRUE(told.reply) << told.reply.error();
    EXPECT_EQ(told.text, "whole");
    EXPECT_TRUE(server.wait_for_closed_connections());
    return std::chrono::duration_cast<milliseconds>(ended - sent_at.load());
  });
  EXPECT_LE(shortest, cancellation_slack);
  EXPECT_EQ(server.connections(), calls);
}

TEST_P(StreamEnd, Row30ConnectionIsReusedWhenTheEndComesWithTheMark) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && begin_stream(connection) && send_chunk(connection, event_of("whole")) &&
           connection.send("d\r\n" + std::string(done_event) + "\r\n" + std::string(last_chunk))) {
    }
  });
  const ChatClient client = client_for(server);
  for (int call = 0; call < 3; ++call) {
    const Told told = tell(client);
    ASSERT_TRUE(told.reply) << told.reply.error();
    EXPECT_EQ(told.text, "whole");
  }
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_P(StreamEnd, Row30ConnectionIsReusedWhenTheEndComesWhileTheRestIsDrained) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && begin_stream(connection) &&
           send_chunk(connection, event_of("whole") + std::string(done_event)) && connection.pause(milliseconds(1)) &&
           connection.send(last_chunk)) {
    }
  });
  const ChatClient client = client_for(server);
  // On a busy machine the end may come too late, but not always.
  constexpr std::size_t most = 20;
  std::size_t calls = 0;
  while (calls < most && (calls == 0 || server.connections() == calls)) {
    const Told told = tell(client);
    ASSERT_TRUE(told.reply) << told.reply.error();
    ++calls;
    // The caller of a started exchange does not wait for the rest.
    std::this_thread::sleep_for(milliseconds(60));
  }
  EXPECT_LT(server.connections(), calls) << "no connection was ever reused";
}

EVERY_STREAM_DOOR(StreamEnd);

using StreamDeadlines = StreamFaults;

TEST_P(StreamDeadlines, Row31StalledBodyIsAnIdleTimeout) {
  for (const std::string_view rest : {"", "40\r\ndata:{\"code\""}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      send_chunk(connection, event_of("one"));
      connection.send(rest);
      connection.wait_for_close();
    });
    const ChatClient client = client_for(server);
    constexpr milliseconds idle(400);
    const milliseconds shortest = shortest_of_runs(idle + deadline_slack, [&] {
      const Told told = tell(client, {.timeouts = {.idle = idle}});
      expect_broken_off(told, ErrorKind::timeout, "one");
      EXPECT_GE(told.elapsed, idle);
      EXPECT_TRUE(server.wait_for_closed_connections());
      return told.elapsed;
    });
    EXPECT_LE(shortest, idle + deadline_slack);
  }
}

TEST_P(StreamDeadlines, Row31TimeInTheCallersCodeIsNotIdle) {
  // More than a pulled stream buffers, so that its transfer stands still, too.
  std::string many;
  for (int i = 0; i < 200; ++i) many += event_of("x");
  // Where pieces are pulled, the transfer goes on until the buffer is full: silence is then the server's own.
  const bool silent = GetParam() != Door::pulled;
  std::atomic<bool> callback_is_over = false;
  RawServer server([&](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, many);
    if (silent) callback_is_over.wait(false);
    send_chunk(connection, many + std::string(done_event));
    connection.send(last_chunk);
    connection.wait_for_close();
  });
  constexpr milliseconds idle(500);
  const Told told = tell(client_for(server), {.timeouts = {.idle = idle}}, [&](const ChatDelta&) {
    if (callback_is_over) return;
    std::this_thread::sleep_for(idle + milliseconds(200));
    callback_is_over = true;
    callback_is_over.notify_all();
  });
  // Should the call have ended without a piece, or the server would wait for ever.
  callback_is_over = true;
  callback_is_over.notify_all();
  ASSERT_TRUE(told.reply) << told.reply.error();
  EXPECT_EQ(told.text, std::string(400, 'x'));
}

// While a slow reader has the transfer paused, no silence is measured; afterwards it is, though nothing comes.
TEST_F(FaultMatrix, Row31SilenceIsMeasuredAgainWhenASlowReaderGoesOn) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    std::string more_than_is_buffered;
    for (int i = 0; i < 100; ++i) more_than_is_buffered += event_of("x");
    send_chunk(connection, more_than_is_buffered);
    connection.wait_for_close();
  });
  const ChatClient client = client_for(server);
  chatopen::ChatStream stream =
      client.stream(question(), {.timeouts = {.idle = milliseconds(200), .total = seconds(20)}});
  std::size_t deltas = 0;
  for ([[maybe_unused]] const ChatDelta& delta : stream) ++deltas;
  const auto reply = stream.finish();
  ASSERT_FALSE(reply);
  EXPECT_EQ(deltas, 100U);
  EXPECT_EQ(reply.error().kind, ErrorKind::timeout);
  EXPECT_EQ(reply.error().message, "the idle deadline passed");
}

TEST_P(StreamDeadlines, Row32HeartbeatsForEverMeetTheTotalDeadline) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, event_of("one"));
    while (send_chunk(connection, ": still here\n\n") && connection.pause(milliseconds(10))) {
    }
  });
  constexpr milliseconds idle(800);
  constexpr milliseconds total(1200);
  const milliseconds shortest = shortest_of_runs(total + deadline_slack, [&] {
    const Told told = tell(client_for(server), {.timeouts = {.idle = idle, .total = total}});
    expect_broken_off(told, ErrorKind::timeout, "one");
    EXPECT_GE(told.elapsed, total) << "comments are no silence";
    return told.elapsed;
  });
  EXPECT_LE(shortest, total + deadline_slack);
}

EVERY_STREAM_DOOR(StreamDeadlines);

// They share the thread that runs callbacks: what one caller's code takes is not another stream's silence.
TEST_F(FaultMatrix, Row31SlowCallbackIsNotTheSilenceOfOtherStreams) {
  RawServer steady([](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    for (int i = 0; i < 50; ++i) {
      send_chunk(connection, event_of("x"));
      connection.pause(milliseconds(30));
    }
    send_chunk(connection, done_event);
    connection.send(last_chunk);
    connection.wait_for_close();
  });
  RawServer single([](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    // By then libcurl has no timer of its own left that would make it look at the connections.
    connection.pause(milliseconds(400));
    send_chunk(connection, event_of("one") + std::string(done_event));
    connection.send(last_chunk);
    connection.wait_for_close();
  });
  const auto transport = curl({});
  const ChatClient of_steady = client_for(steady, transport);
  const ChatClient of_single = client_for(single, transport);
  std::atomic<bool> began = false;
  auto read = of_steady.stream_async(question(),
                                     [&](const ChatDelta&) {
                                       began = true;
                                       began.notify_all();
                                     },
                                     {.timeouts = {.idle = milliseconds(600)}});
  began.wait(false);
  auto slow =
      of_single.stream_async(question(), [](const ChatDelta&) { std::this_thread::sleep_for(milliseconds(900)); });
  const auto slow_reply = std::move(slow).get();
  EXPECT_TRUE(slow_reply) << slow_reply.error();
  const auto reply = std::move(read).get();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), std::string(50, 'x'));
}

}  // namespace
}  // namespace integration
