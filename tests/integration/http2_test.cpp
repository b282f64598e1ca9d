#include "fault_matrix.hpp"
#include "h2_server.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using ::testing::HasSubstr;

class Http2 : public FaultMatrix {
 protected:
  void SetUp() override {
    FaultMatrix::SetUp();
    if (!H2Server::available()) GTEST_SKIP() << "there is no nghttpd (Debian: nghttp2-server)";
  }

  [[nodiscard]] ChatClient client_of(const H2Server& server) const {
    chatopen::ClientOptions options = options_for(server.base_url());
    options.transport = curl({.ca_file = authority_.file()});
    return ChatClient::create(std::move(options)).value();
  }

  const CertificateAuthority authority_;
};

TEST_F(Http2, IsSpokenWhereItIsOffered) {
  const H2Server server(authority_.issue());
  const auto reply = client_of(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
  EXPECT_EQ(reply->raw(), hello);
  ASSERT_TRUE(server.wait_for_log("stream_id=1 closed"));
  const std::string log = server.log();
  EXPECT_THAT(log, HasSubstr("The negotiated protocol: h2\n"));
  EXPECT_THAT(log, HasSubstr(":method: POST\n"));
  EXPECT_THAT(log, HasSubstr(":path: /AIGCChatOpenServ/saas/gpt-4o/text/v3\n"));
  EXPECT_THAT(log, HasSubstr("x-request-req-accesskeysecret: " + std::string(canary_secret) + "\n"));
}

TEST_F(Http2, SequentialCallsUseOneConnection) {
  const H2Server server(authority_.issue());
  const ChatClient client = client_of(server);
  constexpr std::size_t calls = 10;
  for (std::size_t call = 0; call < calls; ++call) {
    const auto reply = client.chat(question());
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->attempts(), 1);
  }
  EXPECT_TRUE(server.wait_for_log(":method: POST\n", calls));
  EXPECT_EQ(server.count_in_log("The negotiated protocol: h2\n"), 1U);
}

TEST_F(Http2, ErrorStatusIsRead) {
  const H2Server server(authority_.issue());
  chatopen::ChatRequest request = question();
  request.endpoint = chatopen::endpoints::general_llm("nobody");
  const auto reply = client_of(server).chat(request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, chatopen::ErrorKind::not_found) << reply.error();
  EXPECT_EQ(reply.error().http_status, 404);
}

}  // namespace
}  // namespace integration
