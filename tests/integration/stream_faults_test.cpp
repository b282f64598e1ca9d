#include "stream_door.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace integration {
namespace {

using chatopen::ErrorKind;

// As rows 27 and 28, 36 and 37 demand it: even a policy that repeats whatever it may leaves such a stream alone.
const chatopen::CallOptions eager = {.retry = chatopen::RetryPolicy{.max_retries = 5, .retry_ambiguous = true}};

using StreamBreaks = StreamFaults;

enum class Break : std::uint8_t { reset, close };

void break_off(Connection& connection, Break how) {
  // A reset discards what the peer has not read yet.
  connection.wait_until_read();
  if (how == Break::reset) connection.reset();
  if (how == Break::close) connection.close();
}

TEST_P(StreamBreaks, Row27And28EveryEventBeforeTheBreakIsDelivered) {
  for (const Break how : {Break::reset, Break::close}) {
    // Between chunks, within one, and within an event that spans two.
    for (const std::string_view rest : {"", "40\r\ndata:{\"code\"", "8\r\ndata:{\"c\r\n"}) {
      SCOPED_TRACE((how == Break::reset ? "RST after " : "FIN after ") + std::string(rest));
      RawServer server([&](Connection& connection) {
        connection.read_request();
        begin_stream(connection);
        send_chunk(connection, event_of("one "));
        send_chunk(connection, event_of("two ") + event_of("three"));
        connection.send(rest);
        break_off(connection, how);
      });
      expect_broken_off(tell(client_for(server), eager), ErrorKind::truncated, "one two three");
      EXPECT_EQ(server.requests().size(), 1U);
    }
  }
}

TEST_P(StreamBreaks, Row27And28BreakBeforeTheFirstEventIsTruncatedToo) {
  for (const Break how : {Break::reset, Break::close}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      connection.send("40\r\ndata:{\"code\"");
      break_off(connection, how);
    });
    expect_broken_off(tell(client_for(server)), ErrorKind::truncated, "");
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_P(StreamBreaks, Row28CloseBehindTheFinishReasonIsTheEnd) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, event_of("whole"));
    send_chunk(connection, "data:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    connection.wait_until_read();
    connection.close();
  });
  const Told told = tell(client_for(server));
  ASSERT_TRUE(told.reply) << told.reply.error();
  EXPECT_EQ(told.text, "whole");
  EXPECT_EQ(told.reply->finish_reason(), "stop");
}

TEST_P(StreamBreaks, Row29CloseDelimitedStreamNeedsAMarkOfItsEnd) {
  const std::string finish = "data:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  for (const auto& [mark, whole] : {std::pair<std::string, bool>{"", false},
                                    {std::string(done_event), true},
                                    {finish, true},
                                    {"data:[DONE]", false}}) {
    SCOPED_TRACE(mark);
    RawServer server([&, &mark = mark](Connection& connection) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" +
                      event_of("one ") + event_of("two") + mark);
      connection.close();
    });
    const Told told = tell(client_for(server), eager);
    if (whole) {
      ASSERT_TRUE(told.reply) << told.reply.error();
      EXPECT_EQ(told.text, "one two");
    } else {
      expect_broken_off(told, ErrorKind::truncated, "one two");
    }
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

EVERY_STREAM_DOOR(StreamBreaks);

using StreamRefusals = StreamFaults;

TEST_P(StreamRefusals, Row36ErrorEventKeepsWhatCameBefore) {
  struct Case {
    std::string_view event;
    ErrorKind kind;
  };
  for (const Case& each : {Case{R"({"code":"500","msg":"the model broke"})", ErrorKind::server_error},
                           Case{R"({"code":"429","msg":"slow down"})", ErrorKind::rate_limited},
                           Case{R"({"code":"1001","msg":"no"})", ErrorKind::api},
                           Case{R"({"error":{"message":"the model broke"}})", ErrorKind::api}}) {
    SCOPED_TRACE(each.event);
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      send_chunk(connection, event_of("one "));
      send_chunk(connection, event_of("two") + "data:" + std::string(each.event) + "\n\n" + event_of(" never") +
                                 std::string(done_event));
      connection.send(last_chunk);
      connection.wait_for_close();
    });
    expect_broken_off(tell(client_for(server), eager), each.kind, "one two");
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_TRUE(server.wait_for_closed_connections());
  }
}

TEST_P(StreamRefusals, Row37MalformedEventKeepsWhatCameBefore) {
  for (const std::string_view event : {"{\"code\":\"200\",\"data\":{\"answer\":\"cut", "not JSON", "[1,2]", "\xFF\xFE",
                                       "{\"data\":{\"answer\":\"\xC3\"}}"}) {
    SCOPED_TRACE(event);
    RawServer server([&](Connection& connection) {
      connection.read_request();
      begin_stream(connection);
      send_chunk(connection, event_of("one "));
      send_chunk(connection, event_of("two") + "data:" + std::string(event) + "\n\n" + event_of(" never") +
                                 std::string(done_event));
      connection.send(last_chunk);
      connection.wait_for_close();
    });
    expect_broken_off(tell(client_for(server), eager), ErrorKind::protocol, "one two");
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST_P(StreamRefusals, Row36ErrorThatIsTheFirstEventHasDeliveredNothing) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() && begin_stream(connection) &&
           send_chunk(connection, "data:{\"code\":\"429\",\"msg\":\"slow down\"}\n\n") && connection.send(last_chunk)) {
    }
  });
  const Told told = tell(client_for(server));
  ASSERT_FALSE(told.reply);
  EXPECT_EQ(told.reply.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(told.reply.error().attempts, 3) << "a refusal before the work may be tried again";
  EXPECT_EQ(server.requests().size(), 3U);
}

EVERY_STREAM_DOOR(StreamRefusals);

}  // namespace
}  // namespace integration
