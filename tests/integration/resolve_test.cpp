#include "fault_matrix.hpp"
#include "name_server.hpp"
#include "own_network.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::RetryPolicy;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class FaultMatrixResolve : public FaultMatrix {
 protected:
  void SetUp() override {
    FaultMatrix::SetUp();
    require_own_network();
  }

  [[nodiscard]] ChatClient client_of(const std::string& host) const {
    return ChatClient::create(options_for("https://" + host)).value();
  }
};

TEST_F(FaultMatrixResolve, NameThatResolvesIsCalled) {
  const NameServer name_server(NameServer::Answer::loopback);
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer server(answer_hello, &tls);
  chatopen::ClientOptions options = options_for("https://gateway.test:" + std::to_string(server.port()));
  options.transport = curl({.ca_file = authority.file()});
  const auto reply = ChatClient::create(std::move(options)).value().chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_GT(name_server.queries(), 0);
}

TEST_F(FaultMatrixResolve, Row3NameThatDoesNotExistIsAResolveErrorWithinASecond) {
  for (const auto answer : {NameServer::Answer::no_such_name, NameServer::Answer::failure}) {
    const NameServer name_server(answer);
    const auto [error, elapsed] = timed_failure(client_of("nonexistent.invalid"));
    EXPECT_EQ(error.kind, ErrorKind::resolve) << error;
    EXPECT_EQ(error.attempts, 3);
    EXPECT_FALSE(error.maybe_processed);
    EXPECT_LE(elapsed, std::chrono::seconds(1));
  }
}

TEST_F(FaultMatrixResolve, Row4SilentNameServerEndsAtTheConnectDeadline) {
  const NameServer name_server(NameServer::Answer::silence);
  const auto [error, elapsed] = timed_failure(
      client_of("gateway.test"), {.timeouts = {.connect = milliseconds(300)}, .retry = RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::resolve);
  EXPECT_THAT(error.message + error.detail, HasSubstr("resolv")) << "whoever reads it should look at the name";
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_GT(name_server.queries(), 0);
  EXPECT_GE(elapsed, milliseconds(300));
  EXPECT_LE(elapsed, milliseconds(300) + deadline_slack);
}

TEST_F(FaultMatrixResolve, Row4SilentNameServerEndsAtTheTotalDeadline) {
  const NameServer name_server(NameServer::Answer::silence);
  const auto [error, elapsed] = timed_failure(client_of("gateway.test"), {.timeouts = {.total = milliseconds(300)}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_LE(elapsed, milliseconds(300) + deadline_slack);
}

TEST_F(FaultMatrixResolve, Row4SilentNameServerDoesNotHoldUpOtherCalls) {
  const NameServer name_server(NameServer::Answer::silence);
  RawServer server(answer_hello);
  const auto transport = curl({});
  const auto client_of_shared = [&](const std::string& base_url) {
    chatopen::ClientOptions options = options_for(base_url);
    options.transport = transport;
    return ChatClient::create(std::move(options)).value();
  };
  const ChatClient stuck = client_of_shared("https://gateway.test");
  const ChatClient live = client_of_shared(server.base_url());
  for (int round = 0; round < 3; ++round) {
    const auto [error, elapsed] =
        timed_failure(stuck, {.timeouts = {.connect = milliseconds(50)}, .retry = RetryPolicy::none()});
    EXPECT_LE(elapsed, milliseconds(50) + deadline_slack);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(live.chat(question()));
    EXPECT_LE(std::chrono::steady_clock::now() - start, deadline_slack);
  }
}

TEST_F(FaultMatrixResolve, Row5CancelWhileResolvingReturnsAtOnce) {
  const NameServer name_server(NameServer::Answer::silence);
  const auto [error, elapsed] =
      cancel_when(client_of("gateway.test"), question(), [&] { return name_server.wait_for_query(); });
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_LE(elapsed, cancellation_slack);
}

TEST_F(FaultMatrixResolve, Row5DestroyingTheClientDoesNotWaitForTheNameServer) {
  const NameServer name_server(NameServer::Answer::silence);
  std::chrono::steady_clock::time_point start;
  {
    const ChatClient client = client_of("gateway.test");
    EXPECT_EQ(failure(client, {.timeouts = {.total = milliseconds(50)}}).attempts, 1);
    start = std::chrono::steady_clock::now();
  }
  EXPECT_LE(std::chrono::steady_clock::now() - start, deadline_slack);
}

}  // namespace
}  // namespace integration
