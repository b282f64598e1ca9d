#include "h2_server.hpp"
#include "http2_matrix.hpp"
#include "stream_door.hpp"

#include <latch>
#include <string>
#include <string_view>
#include <utility>

namespace integration {
namespace {

using chatopen::ChatClient;

constexpr std::string_view a_request = ":method: POST\n";
constexpr std::string_view first_request_of_a_connection = "recv (stream_id=1) :method: POST\n";
constexpr std::string_view goaway = "send GOAWAY frame";

/// nghttpx, which sends GOAWAY to a connection that has had its number of requests, before a server that counts them.
class Http2Gateway : public Http2Matrix {
 protected:
  void SetUp() override {
    Http2Matrix::SetUp();
    if (!H2Gateway::available()) GTEST_SKIP() << "there is no nghttpx (Debian: nghttp2-proxy)";
  }
};

TEST_F(Http2Gateway, Row51CallsBehindAGoawayGoToANewConnection) {
  RawServer server(answer_hello);
  for (const bool asynchronous : {false, true}) {
    SCOPED_TRACE(asynchronous);
    const std::size_t before = server.requests().size();
    const H2Gateway gateway(authority_.issue(), server.port(), {"--frontend-max-requests=3"});
    const ChatClient client = client_of(gateway.base_url());
    for (int call = 0; call < 10; ++call) {
      expect_hello(asynchronous ? client.chat_async(question()).get() : client.chat(question()));
    }
    EXPECT_TRUE(gateway.process().wait_for_log(goaway, 3));
    EXPECT_TRUE(gateway.process().wait_for_log(a_request, 10));
    EXPECT_EQ(gateway.process().count_in_log(first_request_of_a_connection), 4U);
    EXPECT_EQ(gateway.process().count_in_log(a_request), 10U);
    EXPECT_EQ(server.requests().size() - before, 10U) << "something was sent again";
  }
}

TEST_F(Http2Gateway, Row51GoawayLetsTheCallsOfItsConnectionFinish) {
  constexpr std::size_t calls = 8;
  std::latch answer(1);
  RawServer server([&](Connection& connection) {
    while (connection.read_request()) {
      answer.wait();
      connection.reply("200 OK", hello);
    }
  });
  const H2Gateway gateway(authority_.issue(), server.port(), {"--frontend-max-requests=4"});
  const ChatClient client = client_of(gateway.base_url());
  auto pending = ask(client, calls);
  EXPECT_TRUE(server.wait_for_requests(calls));
  EXPECT_TRUE(gateway.process().wait_for_log(goaway));
  answer.count_down();
  for (auto& call : pending) expect_hello(std::move(call).get());
  EXPECT_TRUE(gateway.process().wait_for_log(a_request, calls));
  EXPECT_EQ(gateway.process().count_in_log(a_request), calls) << "something was sent again";
  EXPECT_EQ(server.requests().size(), calls) << "something was sent again";
}

TEST_F(Http2Gateway, Row51GoawayLetsAStreamThatHasBegunFinish) {
  std::latch go_on(1);
  RawServer server([&](Connection& connection) {
    if (connection.index() > 0) return answer_hello(connection);
    connection.read_request();
    begin_stream(connection);
    send_chunk(connection, event_of("one "));
    go_on.wait();
    send_chunk(connection, event_of("two") + std::string(done_event));
    connection.send(last_chunk);
  });
  const H2Gateway gateway(authority_.issue(), server.port(), {"--frontend-max-requests=2"});
  const ChatClient client = client_of(gateway.base_url());
  auto stream = client.stream(question());
  std::string text;
  auto piece = stream.begin();
  if (piece != stream.end()) text += piece->text;
  EXPECT_EQ(text, "one ");
  // The connection's second request, with which its GOAWAY comes, and one behind it.
  for (int call = 0; call < 2; ++call) expect_hello(client.chat_async(question()).get());
  EXPECT_TRUE(gateway.process().wait_for_log(goaway));
  EXPECT_TRUE(gateway.process().wait_for_log(a_request, 3));
  EXPECT_EQ(gateway.process().count_in_log(first_request_of_a_connection), 2U);
  go_on.count_down();
  for (++piece; piece != stream.end(); ++piece) text += piece->text;
  EXPECT_EQ(text, "one two");
  const auto reply = stream.finish();
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "one two");
  EXPECT_EQ(reply->attempts(), 1);
  EXPECT_EQ(server.requests().size(), 3U) << "something was sent again";
}

}  // namespace
}  // namespace integration
