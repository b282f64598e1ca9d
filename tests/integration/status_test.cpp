#include "fault_matrix.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatReply;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Result;
using chatopen::RetryPolicy;
using ::testing::HasSubstr;

Script answer_status(std::string status, std::string body, std::string headers = {}) {
  return [=](Connection& connection) {
    while (connection.read_request() && connection.reply(status, body, headers)) {
    }
  };
}

struct StatusCase {
  std::string status;
  ErrorKind kind;
  int attempts;
  bool maybe_processed;
};

class FaultMatrixStatus : public FaultMatrix, public ::testing::WithParamInterface<StatusCase> {};

TEST_P(FaultMatrixStatus, Row45IsOneAttemptUnlessTheServerRefusedTheWork) {
  const StatusCase& expected = GetParam();
  RawServer server(answer_status(expected.status, R"({"code":"77","msg":"no, because"})", "X-Request-Id: r-1\r\n"));
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, expected.kind);
  EXPECT_EQ(error.http_status, std::stoi(expected.status));
  EXPECT_EQ(error.message, "no, because");
  EXPECT_EQ(error.code, "77");
  EXPECT_EQ(error.request_id, "r-1");
  EXPECT_EQ(error.attempts, expected.attempts);
  EXPECT_EQ(error.maybe_processed, expected.maybe_processed);
  EXPECT_EQ(server.requests().size(), static_cast<std::size_t>(expected.attempts));
  EXPECT_EQ(clock_->sleeps().size(), static_cast<std::size_t>(expected.attempts - 1));
}

INSTANTIATE_TEST_SUITE_P(Status, FaultMatrixStatus,
                         ::testing::Values(StatusCase{"400 Bad Request", ErrorKind::invalid_request, 1, false},
                                           StatusCase{"401 Unauthorized", ErrorKind::authentication, 1, false},
                                           StatusCase{"403 Forbidden", ErrorKind::permission_denied, 1, false},
                                           StatusCase{"404 Not Found", ErrorKind::not_found, 1, false},
                                           StatusCase{"408 Request Timeout", ErrorKind::invalid_request, 1, true},
                                           StatusCase{"409 Conflict", ErrorKind::invalid_request, 1, true},
                                           StatusCase{"413 Content Too Large", ErrorKind::invalid_request, 1, false},
                                           StatusCase{"422 Unprocessable Content", ErrorKind::invalid_request, 1,
                                                      false},
                                           StatusCase{"429 Too Many Requests", ErrorKind::rate_limited, 3, false},
                                           StatusCase{"500 Internal Server Error", ErrorKind::server_error, 1, true},
                                           StatusCase{"502 Bad Gateway", ErrorKind::server_error, 1, true},
                                           StatusCase{"503 Service Unavailable", ErrorKind::server_error, 3, false},
                                           StatusCase{"504 Gateway Timeout", ErrorKind::server_error, 1, true}),
                         [](const auto& each) { return each.param.status.substr(0, 3); });

TEST_F(FaultMatrix, Row45EnvelopeCodeUnderStatus200HasTheKindOfThatStatus) {
  const std::pair<const char*, ErrorKind> cases[] = {{"\"401\"", ErrorKind::authentication},
                                                     {"403", ErrorKind::permission_denied},
                                                     {"\"404\"", ErrorKind::not_found},
                                                     {"\"400\"", ErrorKind::invalid_request},
                                                     {"\"1001\"", ErrorKind::api}};
  for (const auto& [code, kind] : cases) {
    RawServer server(answer_status(
        "200 OK", std::string(R"({"code":)") + code + R"(,"msg":"no","data":{"errorMessage":"the reason"}})"));
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, kind);
    EXPECT_EQ(error.http_status, 200);
    EXPECT_EQ(error.message, "no");
    EXPECT_EQ(error.detail, "the reason");
    EXPECT_EQ(error.attempts, 1);
  }
}

TEST_F(FaultMatrix, RateLimitedCallSucceedsAfterTheWaitThatTheServerAsksFor) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("429 Too Many Requests", "{}", "Retry-After: 7\r\n");
    answer_hello(connection);
  });
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 2);
  EXPECT_EQ(clock_->sleeps(), std::vector<chatopen::Clock::Duration>{std::chrono::seconds(7)});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].body, requests[1].body);
}

TEST_F(FaultMatrix, EnvelopeCode429IsTriedAgain) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("200 OK", R"({"code":"429","msg":"slow down"})");
    answer_hello(connection);
  });
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(FaultMatrix, RetryAfterBeyondTheLimitFailsAtOnce) {
  RawServer server(answer_status("503 Service Unavailable", "{}", "Retry-After: 3600\r\n"));
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::server_error);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_EQ(error.retry_after, std::chrono::seconds(3600));
  EXPECT_EQ(clock_->sleeps().size(), 0U);
}

TEST_F(FaultMatrix, Row46BadGatewayWithHtmlIsAServerErrorWithAShortSnippet) {
  const std::string html =
      "<html><head><title>502 Bad Gateway</title></head><body>" + std::string(20'000, 'x') + "</body></html>";
  RawServer server(answer_status("502 Bad Gateway", html));
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::server_error);
  EXPECT_EQ(error.http_status, 502);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_THAT(error.body_snippet, HasSubstr("502 Bad Gateway"));
  EXPECT_LE(error.body_snippet.size(), 1024U);
}

TEST_F(FaultMatrix, Row46EchoedCredentialsAreRedactedEverywhere) {
  const std::string echo = "id=" + std::string(canary_id) + " secret=" + std::string(canary_secret);
  const std::string bodies[] = {
      echo, R"({"code":"401","msg":")" + echo + R"(","data":{"errorMessage":")" + echo + "\"}}",
      R"({"error":{"message":")" + echo + R"(","type":")" + echo + R"(","code":")" + echo + "\"}}",
      // A credential that is cut by the end of the snippet.
      std::string(1024 - 10, 'x') + std::string(canary_secret) + std::string(2000, 'x')};
  for (const std::string& body : bodies) {
    for (const char* const status : {"401 Unauthorized", "502 Bad Gateway", "200 OK"}) {
      RawServer server(answer_status(status, body, "X-Request-Id: " + std::string(canary_secret) + "\r\n"));
      const Error error = failure(client_for(server));
      EXPECT_THAT(error.body_snippet, ::testing::Not(HasSubstr("canary-key")));
    }
  }
}

TEST_F(FaultMatrix, ErrorBodiesOfOtherShapesKeepTheStatus) {
  for (const std::string& body :
       {std::string(), std::string("{\"error\":{\"message\":\"cut"), std::string("\xff\xfe\xfa not UTF-8"),
        std::string("{\"error\":\"text\"}"), std::string("null"), std::string("[1,2")}) {
    RawServer server(answer_status("400 Bad Request", body));
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::invalid_request) << body;
    EXPECT_EQ(error.http_status, 400);
    EXPECT_FALSE(error.message.empty());
  }
}

TEST_F(FaultMatrix, BodiesThatAreNotOneJsonDocumentAreAProtocolError) {
  for (const std::string& body :
       {std::string(), std::string("<html></html>"), std::string("{\"code\":\"200\",\"data\":{\"answer\":\"cut"),
        std::string("{\"code\":\"200\",\"data\":{\"answer\":\"\xff\xfe\"}}"), std::string(hello) + "trailing",
        std::string(hello) + std::string(hello)}) {
    RawServer server(answer_status("200 OK", body));
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::protocol) << body;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
}

TEST_F(FaultMatrix, RefusalWithAMalformedBodyKeepsItsStatus) {
  constexpr std::string_view not_compressed = "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\nplain text";
  constexpr std::string_view not_chunked = "Transfer-Encoding: chunked\r\n\r\nZZ\r\nplain text\r\n0\r\n\r\n";
  for (const std::string_view body : {not_compressed, not_chunked}) {
    const auto refuse = [body](const char* head) {
      return [=](Connection& connection) {
        connection.read_request();
        connection.send(std::string("HTTP/1.1 ") + head + "\r\nX-Request-Id: r-1\r\n" + std::string(body));
      };
    };
    RawServer unauthorized(refuse("401 Unauthorized"));
    const Error refused = failure(client_for(unauthorized));
    EXPECT_EQ(refused.kind, ErrorKind::authentication) << refused;
    EXPECT_EQ(refused.http_status, 401);
    EXPECT_EQ(refused.request_id, "r-1");
    EXPECT_EQ(refused.attempts, 1);
    EXPECT_FALSE(refused.maybe_processed);

    RawServer unavailable(refuse("503 Service Unavailable\r\nRetry-After: 7"));
    const Error busy = failure(client_for(unavailable));
    EXPECT_EQ(busy.kind, ErrorKind::server_error) << busy;
    EXPECT_EQ(busy.http_status, 503);
    EXPECT_EQ(busy.retry_after, std::chrono::seconds(7));
    EXPECT_EQ(busy.attempts, 3);
    EXPECT_FALSE(busy.maybe_processed);
  }
}

TEST_F(FaultMatrix, ReplyThatBreaksAfterItsHeadKeepsWhatTheHeadSaid) {
  for (const char* const rest : {"Content-Length: 100\r\n\r\n{\"code\"", "Connection: close\r\n\r\n{\"code\"",
                                 "Transfer-Encoding: chunked\r\n\r\nZZ\r\n"}) {
    RawServer server([=](Connection& connection) {
      connection.read_request();
      connection.send(std::string("HTTP/1.1 200 OK\r\nX-Request-Id: r-1\r\nRetry-After: 7\r\n") + rest);
    });
    const Error error = failure(client_for(server));
    EXPECT_THAT(error.kind, ::testing::AnyOf(ErrorKind::truncated, ErrorKind::protocol)) << error;
    EXPECT_EQ(error.http_status, 200);
    EXPECT_EQ(error.request_id, "r-1");
    EXPECT_EQ(error.retry_after, std::chrono::seconds(7));
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
}

TEST_F(FaultMatrix, Row44RetryBudgetHoldsAgainstAServerThatRefusesEverything) {
  RawServer server(answer_status("503 Service Unavailable", "{}"));
  const ChatClient client = client_for(server);
  constexpr std::size_t calls = 1000;
  for (std::size_t i = 0; i < calls; ++i) EXPECT_EQ(failure(client).kind, ErrorKind::server_error);
  EXPECT_GT(server.requests().size(), calls);
  EXPECT_LE(server.requests().size(), calls + calls / 10);
}

TEST_F(FaultMatrix, Row49NoExpectIsSentWithALargeBody) {
  RawServer server(answer_hello);
  chatopen::ChatRequest request = question();
  request.messages.push_back(chatopen::Message::user(std::string(2 * 1024 * 1024, 'x')));
  const auto reply = client_for(server).chat(request);
  ASSERT_TRUE(reply) << reply.error();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].header("Expect"), "");
  EXPECT_EQ(requests[0].header("Transfer-Encoding"), "");
  EXPECT_GT(requests[0].body.size(), 2U * 1024 * 1024);
}

class FaultMatrixEarlyRefusal : public FaultMatrix {
 protected:
  static Result<ChatReply> ask_at_length(const ChatClient& client) {
    chatopen::ChatRequest request = question();
    request.messages.push_back(chatopen::Message::user(std::string(8 * 1024 * 1024, 'x')));
    return client.chat(request);
  }

  static constexpr std::string_view refusal =
      "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 20\r\n\r\n{\"error\":\"too much\"}";
};

TEST_F(FaultMatrixEarlyRefusal, Row50StatusThatComesBeforeTheBodyWasSentIsReported) {
  // A whole reply, one whose body the reset cuts off, and the bare head.
  for (const std::size_t cut : {std::size_t{0}, std::size_t{5}, std::size_t{20}}) {
    RawServer server([&](Connection& connection) {
      connection.read_head();
      connection.send(refusal.substr(0, refusal.size() - cut));
      connection.wait_until_read();
      connection.reset();
    });
    const ChatClient client = client_for(server);
    for (int round = 0; round < 10; ++round) {
      const auto reply = ask_at_length(client);
      ASSERT_FALSE(reply);
      EXPECT_EQ(reply.error().http_status, 413) << reply.error();
      EXPECT_EQ(reply.error().kind, ErrorKind::invalid_request);
      EXPECT_EQ(reply.error().attempts, 1);
    }
  }
}

// A reset that arrives between two looks at the socket makes libcurl's next write fail, and the answer behind it is
// lost.
TEST_F(FaultMatrixEarlyRefusal, Row50StatusThatTheResetOvertakesIsAtWorstAnAmbiguousConnectionError) {
  RawServer server([](Connection& connection) {
    connection.read_head();
    connection.send(refusal);
    connection.reset();
  });
  const ChatClient client = client_for(server);
  for (int round = 0; round < 20; ++round) {
    const auto reply = ask_at_length(client);
    ASSERT_FALSE(reply);
    const Error& error = reply.error();
    EXPECT_EQ(error.attempts, 1);
    if (error.http_status == 413) {
      EXPECT_EQ(error.kind, ErrorKind::invalid_request);
    } else {
      EXPECT_EQ(error.kind, ErrorKind::connection) << error;
      EXPECT_TRUE(error.maybe_processed);
    }
  }
}

}  // namespace
}  // namespace integration
