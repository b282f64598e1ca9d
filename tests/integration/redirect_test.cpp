#include "fault_matrix.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;

class FaultMatrixRedirect : public FaultMatrix, public ::testing::WithParamInterface<int> {
 protected:
  static Script redirect_to(std::string location) {
    const std::string status = std::to_string(GetParam()) + " Redirect";
    return [=](Connection& connection) {
      while (connection.read_request() && connection.reply(status, "", "Location: " + location + "\r\n")) {
      }
    };
  }

  void expect_refused(const RawServer& server) {
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::redirect_refused);
    EXPECT_EQ(error.http_status, GetParam());
    EXPECT_EQ(error.attempts, 1);
    EXPECT_EQ(server.requests().size(), 1U);
  }
};

TEST_P(FaultMatrixRedirect, Row47AnotherHostGetsNothing) {
  RawServer target(answer_hello, nullptr, "127.0.0.2");
  RawServer server(redirect_to(target.base_url() + "/x"));
  expect_refused(server);
  EXPECT_EQ(target.connections(), 0U);
}

TEST_P(FaultMatrixRedirect, Row47AnotherPortGetsNothing) {
  RawServer target(answer_hello);
  RawServer server(redirect_to(target.base_url() + "/x"));
  expect_refused(server);
  EXPECT_EQ(target.connections(), 0U);
}

TEST_P(FaultMatrixRedirect, Row47AnotherSchemeGetsNothing) {
  RawServer target(answer_hello);
  for (const char* const scheme : {"https://", "ftp://", "file:///", "//"}) {
    RawServer server(redirect_to(scheme + target.authority() + "/x"));
    expect_refused(server);
  }
  EXPECT_EQ(target.connections(), 0U);
}

TEST_P(FaultMatrixRedirect, Row48LoopIsNotEntered) {
  RawServer server(redirect_to("/AIGCChatOpenServ/saas/gpt-4o/text/v3"));
  expect_refused(server);
}

TEST_P(FaultMatrixRedirect, LocationThatEchoesACredentialIsRedacted) {
  RawServer server(redirect_to("http://" + std::string(canary_id) + ":" + std::string(canary_secret) + "@127.0.0.1/" +
                               std::string(canary_secret) + "?s=" + std::string(canary_secret)));
  expect_refused(server);
}

INSTANTIATE_TEST_SUITE_P(Status, FaultMatrixRedirect, ::testing::Values(301, 302, 303, 307, 308));

}  // namespace
}  // namespace integration
