#include "environment_variable.hpp"
#include "fault_matrix.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <system_error>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::RetryPolicy;

class FaultMatrixTls : public FaultMatrix {
 protected:
  /// A certificate that must be refused: one connection, and no request on it.
  void expect_refused(const Identity& identity) {
    const TlsContext tls(identity);
    RawServer server(answer_hello, &tls);
    const Error error = failure(client_for(server, authority_));
    EXPECT_EQ(error.kind, ErrorKind::tls);
    EXPECT_EQ(error.attempts, 1);
    EXPECT_FALSE(error.maybe_processed);
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_EQ(server.received(), "");
  }

  const CertificateAuthority authority_;
};

TEST_F(FaultMatrixTls, TrustedCertificateIsAccepted) {
  const TlsContext tls(authority_.issue());
  RawServer server(answer_hello, &tls);
  const auto reply = client_for(server, authority_).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
}

TEST_F(FaultMatrixTls, CertificateOfAnUnknownAuthorityIsRefused) {
  const CertificateAuthority other;
  expect_refused(other.issue());
}

TEST_F(FaultMatrixTls, Row8SelfSignedCertificateIsRefusedWithoutRetry) {
  expect_refused(self_signed());
}

TEST_F(FaultMatrixTls, Row9ExpiredCertificateIsRefusedWithoutRetry) {
  expect_refused(authority_.issue({.valid_from_seconds = -7200, .valid_to_seconds = -3600}));
}

TEST_F(FaultMatrixTls, Row9CertificateThatIsNotYetValidIsRefusedWithoutRetry) {
  expect_refused(authority_.issue({.valid_from_seconds = 3600, .valid_to_seconds = 7200}));
}

TEST_F(FaultMatrixTls, Row10WrongHostCertificateIsRefusedWithoutRetry) {
  expect_refused(authority_.issue({.subject_alt_name = "DNS:elsewhere.example,IP:127.0.0.9"}));
}

TEST_F(FaultMatrixTls, NoEnvironmentVariableReplacesTheAuthorities) {
  const CertificateAuthority other;
  const EnvironmentVariable file("SSL_CERT_FILE", other.file());
  const EnvironmentVariable bundle("CURL_CA_BUNDLE", other.file());
  expect_refused(other.issue());
}

std::chrono::nanoseconds processor_time() {
  timespec used = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// They cost more than all the rest of a connection, and hold up all that its thread drives.
TEST_F(FaultMatrixTls, SystemsAuthoritiesAreReadOnceForAllAsynchronousCalls) {
  std::error_code unknown;
  if (std::filesystem::file_size("/etc/ssl/certs/ca-certificates.crt", unknown) < 100'000 || unknown) {
    GTEST_SKIP() << "the system's authorities are not where Debian has them";
  }
  const TlsContext tls(self_signed());
  RawServer server(answer_hello, &tls);
  const ChatClient client = ChatClient::create(options_for("https://" + server.authority())).value();
  const auto taken = [&] {
    const auto before = processor_time();
    const auto reply = client.chat_async(question()).get();
    const auto after = processor_time();
    EXPECT_FALSE(reply);
    if (!reply) {
      EXPECT_EQ(reply.error().kind, ErrorKind::tls) << reply.error();
    }
    return after - before;
  };
  const auto first = taken();
  const auto later = std::min({taken(), taken(), taken()});
  EXPECT_LT(2 * later, first);
}

TEST_F(FaultMatrixTls, Row11Tls11ServerIsRefused) {
  TlsContext tls(authority_.issue());
  tls.limit_to_tls_1_1();
  RawServer server(answer_hello, &tls);
  const Error error = failure(client_for(server, authority_), {.retry = RetryPolicy{.max_retries = 1}});
  EXPECT_EQ(error.kind, ErrorKind::tls);
  EXPECT_EQ(error.attempts, 2);
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_EQ(server.received(), "");
}

TEST_F(FaultMatrixTls, PeerThatSpeaksNoTlsIsATlsError) {
  RawServer server([](Connection& connection) { connection.send("SSH-2.0-OpenSSH_9.2\r\n"); });
  const Error error = failure(client_for(server, authority_), {.retry = RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::tls);
  EXPECT_FALSE(error.maybe_processed);
}

TEST_F(FaultMatrixTls, ResetInTheHandshakeIsTriedAgain) {
  const TlsContext tls(authority_.issue());
  RawServer server([&](Connection& connection) {
    if (connection.index() == 0) {
      connection.read_bytes(1);
      connection.reset();
    } else if (connection.start_tls(tls)) {
      answer_hello(connection);
    }
  });
  const auto reply = client_for(server, authority_).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->attempts(), 2);
}

TEST_F(FaultMatrixTls, Row66PeerResetWhileWritingRaisesNoSignal) {
  // The default action of SIGPIPE would end this program.
  ASSERT_NE(::signal(SIGPIPE, SIG_DFL), SIG_ERR);
  const TlsContext tls(authority_.issue());
  RawServer server(
      [](Connection& connection) {
        connection.read_head();
        connection.read_bytes(100'000);
        connection.reset();
      },
      &tls);
  const ChatClient client = client_for(server, authority_);
  chatopen::ChatRequest request = question();
  request.messages.push_back(chatopen::Message::user(std::string(8 * 1024 * 1024, 'x')));
  for (int round = 0; round < 10; ++round) {
    const auto reply = client.chat(request);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::connection) << reply.error();
    EXPECT_EQ(reply.error().attempts, 1);
    EXPECT_TRUE(reply.error().maybe_processed);
  }
}

// Without a length libcurl takes even such an end for one; then the JSON alone shows the cut.
TEST_F(FaultMatrixTls, JsonCutByAnEndWithoutCloseNotifyIsTruncated) {
  const TlsContext tls(authority_.issue());
  RawServer server(
      [](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"code\":\"200\",\"data\":{\"answer\":\"cut");
        connection.close();
      },
      &tls);
  const Error error = failure(client_for(server, authority_));
  EXPECT_EQ(error.kind, ErrorKind::truncated) << error;
  EXPECT_EQ(error.http_status, 200);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
}

}  // namespace
}  // namespace integration
