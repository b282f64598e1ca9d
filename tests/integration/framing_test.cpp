#include "fault_matrix.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// Reads one request, sends these bytes, and then waits for the client to close.
Script answer_raw(std::string bytes) {
  return [bytes = std::move(bytes)](Connection& connection) {
    if (connection.read_request() && connection.send(bytes)) connection.wait_for_close();
  };
}

/// A violation of HTTP: refused at once, not sent again, and the connection not used again.
class FaultMatrixFraming : public FaultMatrix {
 protected:
  void expect_protocol_error(std::string bytes) {
    RawServer server(answer_raw(std::move(bytes)));
    const ChatClient client = client_for(server);
    const Error error = failure(client);
    EXPECT_EQ(error.kind, ErrorKind::protocol) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
    EXPECT_TRUE(server.wait_for_closed_connections()) << "the connection was kept";
    EXPECT_EQ(server.requests().size(), 1U);
  }
};

TEST_F(FaultMatrix, Row12ResetBeforeTheFirstByteIsNotSentAgain) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reset();
  });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::connection);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FaultMatrix, Row13FinBeforeTheFirstByteIsNotSentAgain) {
  RawServer server([](Connection& connection) { connection.read_request(); });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::connection);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FaultMatrix, Row13AmbiguousFailureIsSentAgainOnlyWhenTheCallerOptsIn) {
  RawServer server([](Connection& connection) {
    if (!connection.read_request() || connection.index() == 0) return;
    connection.reply("200 OK", hello);
  });
  chatopen::RetryPolicy opted_in;
  opted_in.retry_ambiguous = true;
  const auto reply = client_for(server).chat(question(), {.retry = opted_in});
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(FaultMatrix, Row16ResetInTheHeadersIsNeverASuccess) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: appl");
    connection.reset();
  });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::connection);
  EXPECT_EQ(error.http_status, 0);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
}

TEST_F(FaultMatrix, Row17FinInTheHeadersIsNeverASuccess) {
  for (const char* const cut : {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", "HTTP/1.1 200 OK\r\nConte",
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r", "HTTP/1.1 20"}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(cut);
    });
    const Error error = failure(client_for(server));
    EXPECT_THAT(error.kind, AnyOf(ErrorKind::connection, ErrorKind::protocol)) << error << " after " << cut;
    EXPECT_EQ(error.http_status, 0);
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
}

TEST_F(FaultMatrix, Row18SlowHeadersEndAtTheFirstByteDeadline) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    const std::string_view head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Slow: yes\r\n\r\n";
    for (const char& byte : head) {
      if (!connection.send({&byte, 1}) || !connection.pause(milliseconds(40))) return;
    }
  });
  const ChatClient client = client_for(server);
  const auto [error, elapsed] = timed_failure(client, {.timeouts = {.first_byte = milliseconds(200)}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("first"));
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrix, Row19HeaderOf600KilobytesIsTooLarge) {
  RawServer server(
      answer_raw("HTTP/1.1 200 OK\r\nX-Large: " + std::string(600 * 1024, 'x') + "\r\nContent-Length: 2\r\n\r\n{}"));
  const ChatClient client = client_for(server);
  const Error error = failure(client);
  EXPECT_EQ(error.kind, ErrorKind::too_large) << error;
  EXPECT_THAT(error.message, HasSubstr("header"));
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_F(FaultMatrix, Row20SixThousandHeadersAreTooLarge) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 6000; ++i) head += "X: y\r\n";
  RawServer server(answer_raw(head + "Content-Length: 2\r\n\r\n{}"));
  const ChatClient client = client_for(server);
  const Error error = failure(client);
  EXPECT_EQ(error.kind, ErrorKind::too_large) << error;
  EXPECT_THAT(error.message, HasSubstr("header"));
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(server.wait_for_closed_connections());
}

TEST_F(FaultMatrix, HeadersWithinTheLimitsAreAccepted) {
  std::string head = "HTTP/1.1 200 OK\r\nX-Large: " + std::string(60'000, 'x') + "\r\n";
  for (int i = 0; i < 250; ++i) head += "X: y\r\n";
  RawServer server(
      answer_raw(head + "Content-Length: " + std::to_string(hello.size()) + "\r\n\r\n" + std::string(hello)));
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
}

TEST_F(FaultMatrix, Row21EndlessInterimRepliesAreAProtocolError) {
  for (const std::string_view interim :
       {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      while (connection.send(interim)) {
      }
    });
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::protocol) << error;
    EXPECT_EQ(error.attempts, 1);
  }
}

TEST_F(FaultMatrix, InterimReplyBeforeTheAnswerIsSkipped) {
  RawServer server(answer_raw("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: " +
                              std::to_string(hello.size()) + "\r\n\r\n" + std::string(hello)));
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
}

TEST_F(FaultMatrixFraming, Row22NulInAHeaderIsAProtocolError) {
  using namespace std::string_literals;
  expect_protocol_error("HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{}"s);
}

TEST_F(FaultMatrixFraming, Row22NulInAHeaderNameIsAProtocolError) {
  using namespace std::string_literals;
  expect_protocol_error("HTTP/1.1 200 OK\r\nX-\0Nul: a\r\nContent-Length: 2\r\n\r\n{}"s);
}

TEST_F(FaultMatrixFraming, Row23HttpOhNineJunkIsAProtocolError) {
  expect_protocol_error("{\"code\":\"200\",\"data\":{\"answer\":\"no head at all\"}}\r\n\r\n");
}

TEST_F(FaultMatrixFraming, Row23BinaryJunkIsAProtocolError) {
  expect_protocol_error("\x16\x03\x01\x02 not HTTP at all, and some more of it\r\n\r\n");
}

TEST_F(FaultMatrixFraming, Row24TwoContentLengthsThatDisagreeAreAProtocolError) {
  expect_protocol_error("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 60\r\n\r\n{}");
}

TEST_F(FaultMatrixFraming, Row24ContentLengthThatIsNoNumberIsAProtocolError) {
  for (const char* const length : {"-2", "2x", "two", "99999999999999999999999", "2, 3"}) {
    expect_protocol_error(std::string("HTTP/1.1 200 OK\r\nContent-Length: ") + length + "\r\n\r\n{}");
  }
}

TEST_F(FaultMatrixFraming, Row24ContentLengthBesideChunksIsAProtocolError) {
  expect_protocol_error(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
}

TEST_F(FaultMatrixFraming, Row26GarbageChunkSizeIsAProtocolError) {
  expect_protocol_error("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nZZ\r\n1}\r\n0\r\n\r\n");
}

TEST_F(FaultMatrix, Row25ShortContentLengthIsTruncated) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(hello));
  });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::truncated);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
}

TEST_F(FaultMatrix, Row25ChunksWithoutTheLastOneAreTruncated) {
  static_assert(hello.size() == 0x33);
  for (const bool reset : {false, true}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n33\r\n" + std::string(hello) + "\r\n");
      if (reset) connection.reset();
    });
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::truncated) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
}

TEST_F(FaultMatrix, Row31BodyThatStallsEndsAtTheIdleDeadline) {
  RawServer server(answer_raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"code\":"));
  const ChatClient client = client_for(server);
  const auto [error, elapsed] = timed_failure(client, {.timeouts = {.idle = milliseconds(200)}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("idle"));
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrix, Row31BodyThatNeverBeginsEndsAtTheIdleDeadline) {
  RawServer server(answer_raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  const ChatClient client = client_for(server);
  const auto [error, elapsed] =
      timed_failure(client, {.timeouts = {.idle = milliseconds(200), .total = milliseconds(2000) * slowdown}});
  EXPECT_EQ(error.kind, ErrorKind::timeout) << error;
  EXPECT_THAT(error.message, HasSubstr("idle"));
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrix, BodyThatTricklesEndsAtTheTotalDeadlineNotAtTheIdleOne) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (connection.send(" ") && connection.pause(milliseconds(20))) {
    }
  });
  const ChatClient client = client_for(server);
  const auto [error, elapsed] =
      timed_failure(client, {.timeouts = {.idle = milliseconds(200) * slowdown, .total = milliseconds(400)}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("total"));
  EXPECT_GE(elapsed, milliseconds(400));
  EXPECT_LE(elapsed, milliseconds(400) + deadline_slack);
}

}  // namespace
}  // namespace integration
