#include "h2_server.hpp"
#include "http2_matrix.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatReply;
using chatopen::ErrorKind;
using chatopen::Result;
using ::testing::HasSubstr;

class Http2 : public Http2Matrix {
 protected:
  void SetUp() override {
    Http2Matrix::SetUp();
    if (!H2Server::available()) GTEST_SKIP() << "there is no nghttpd (Debian: nghttp2-server)";
  }
};

TEST_F(Http2, IsSpokenWhereItIsOffered) {
  const H2Server server(authority_.issue());
  const auto reply = client_of(server.base_url()).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
  EXPECT_EQ(reply->raw(), hello);
  ASSERT_TRUE(server.process().wait_for_log("stream_id=1 closed"));
  const std::string log = server.process().log();
  EXPECT_THAT(log, HasSubstr("The negotiated protocol: h2\n"));
  EXPECT_THAT(log, HasSubstr(":method: POST\n"));
  EXPECT_THAT(log, HasSubstr(":path: /AIGCChatOpenServ/saas/gpt-4o/text/v3\n"));
  EXPECT_THAT(log, HasSubstr("x-request-req-accesskeysecret: " + std::string(canary_secret) + "\n"));
}

TEST_F(Http2, SequentialCallsUseOneConnection) {
  const H2Server server(authority_.issue());
  const ChatClient client = client_of(server.base_url());
  constexpr std::size_t calls = 10;
  for (std::size_t call = 0; call < calls; ++call) {
    const auto reply = client.chat(question());
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->attempts(), 1);
  }
  EXPECT_TRUE(server.process().wait_for_log(":method: POST\n", calls));
  EXPECT_EQ(server.process().count_in_log("The negotiated protocol: h2\n"), 1U);
}

TEST_F(Http2, ErrorStatusIsRead) {
  const H2Server server(authority_.issue());
  chatopen::ChatRequest request = question();
  request.endpoint = chatopen::endpoints::general_llm("nobody");
  const auto reply = client_of(server.base_url()).chat(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, ErrorKind::not_found) << reply.error();
  EXPECT_EQ(reply.error().http_status, 404);
}

TEST_F(Http2, CallsAtOnceShareOneConnection) {
  const H2Server server(authority_.issue());
  const ChatClient client = client_of(server.base_url());
  for (auto& call : ask(client, 50)) expect_hello(std::move(call).get());
  EXPECT_TRUE(server.process().wait_for_log(":status: 200\n", 50));
  EXPECT_EQ(server.process().count_in_log("The negotiated protocol: h2\n"), 1U);
}

TEST_F(Http2, Row52StreamsBeyondTheServersLimitAreNotSentTwiceAndLeaveTheirSiblingsAlone) {
  constexpr std::size_t calls = 10;
  for (int round = 0; round < 5; ++round) {
    const H2Server server(authority_.issue(), {"--max-concurrent-streams=1"});
    const ChatClient client = client_of(server.base_url());
    std::size_t refused = 0;
    for (auto& call : ask(client, calls)) {
      const Result<ChatReply> reply = std::move(call).get();
      if (reply) {
        expect_hello(reply);
        continue;
      }
      // Sent before the limit was known. On a shared connection libcurl does not tell it from one that died.
      ++refused;
      EXPECT_EQ(reply.error().kind, ErrorKind::connection) << reply.error();
      EXPECT_EQ(reply.error().attempts, 1);
      EXPECT_TRUE(reply.error().maybe_processed);
    }
    EXPECT_TRUE(server.process().wait_for_log(":status: 200\n", calls - refused));
    EXPECT_TRUE(server.process().wait_for_log("REFUSED_STREAM", refused));
    EXPECT_EQ(server.process().count_in_log("REFUSED_STREAM"), refused);
    // Which does not show the requests that it refuses.
    EXPECT_EQ(server.process().count_in_log(":method: POST\n"), calls - refused) << "something was sent again";
  }
}

TEST_F(Http2, Row53ResetStreamIsAConnectionErrorAndLeavesItsSiblingsAlone) {
  // A file that has a size and cannot be read, so that nghttpd has no other way out.
  const std::string unreadable = "/sys/class/net/lo/speed";
  if (!std::filesystem::exists(unreadable)) GTEST_SKIP() << "there is no " << unreadable;
  const H2Server server(authority_.issue());
  server.serve("broken", unreadable);
  chatopen::ChatRequest broken = question();
  broken.endpoint = chatopen::endpoints::general_llm("broken");
  const ChatClient client = client_of(server.base_url());
  const auto expect_reset = [](const Result<ChatReply>& reply) {
    ASSERT_FALSE(reply);
    EXPECT_THAT(reply.error().kind, ::testing::AnyOf(ErrorKind::connection, ErrorKind::truncated)) << reply.error();
    EXPECT_THAT(reply.error().detail, HasSubstr("INTERNAL_ERROR"));
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().maybe_processed);
  };
  auto before = ask(client, 3);
  auto reset = client.chat_async(broken);
  auto after = ask(client, 3);
  expect_reset(std::move(reset).get());
  for (auto& call : before) expect_hello(std::move(call).get());
  for (auto& call : after) expect_hello(std::move(call).get());
  EXPECT_TRUE(server.process().wait_for_log("send RST_STREAM"));
  EXPECT_EQ(server.process().count_in_log("The negotiated protocol: h2\n"), 1U);
  expect_reset(client.chat(broken));
  EXPECT_TRUE(server.process().wait_for_log("send RST_STREAM", 2));
}

TEST_F(Http2, Row54OneStreamAtATimeServesAllOneAfterTheOther) {
  const H2Server server(authority_.issue(), {"--max-concurrent-streams=1"});
  const ChatClient client = client_of(server.base_url(), {.max_connections_per_host = 1});
  // With its reply comes the server's limit, if not before.
  expect_hello(client.chat_async(question()).get());
  for (auto& call : ask(client, 20)) expect_hello(std::move(call).get());
  EXPECT_TRUE(server.process().wait_for_log(":status: 200\n", 21));
  EXPECT_EQ(server.process().count_in_log("The negotiated protocol: h2\n"), 1U);
  EXPECT_EQ(server.process().count_in_log("REFUSED_STREAM"), 0U);
}

}  // namespace
}  // namespace integration
