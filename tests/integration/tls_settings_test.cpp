#include "fault_matrix.hpp"
#include "temporary_file.hpp"

#include <filesystem>
#include <utility>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::CurlOptions;
using chatopen::Error;
using chatopen::ErrorKind;

class TlsSettings : public FaultMatrix {
 protected:
  [[nodiscard]] ChatClient client_with(const RawServer& server, CurlOptions curl_options) const {
    chatopen::ClientOptions options = options_for("https://" + server.authority());
    options.transport = curl(std::move(curl_options));
    return ChatClient::create(std::move(options)).value();
  }

  static void expect_hello(const ChatClient& client) {
    const auto reply = client.chat(question());
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->text(), "hello");
  }

  /// Nobody was spoken to, and a second attempt would meet the same file.
  static void expect_unusable(const RawServer& server, const ChatClient& client) {
    const Error error = failure(client);
    EXPECT_EQ(error.kind, ErrorKind::configuration) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_FALSE(error.maybe_processed);
    EXPECT_EQ(server.received(), "");
  }

  const CertificateAuthority authority_;
};

TEST_F(TlsSettings, DirectoryOfHashedAuthoritiesIsTrusted) {
  const TlsContext tls(authority_.issue());
  const RawServer server(answer_hello, &tls);
  expect_hello(client_with(server, {.ca_directory = authority_.directory()}));
}

TEST_F(TlsSettings, EmptyDirectoryTrustsNobody) {
  const TlsContext tls(authority_.issue());
  const RawServer server(answer_hello, &tls);
  const TemporaryFile removed("removed", "");
  std::filesystem::remove(removed.path());
  const Error error = failure(client_with(server, {.ca_directory = removed.directory()}));
  EXPECT_EQ(error.kind, ErrorKind::tls) << error;
  EXPECT_EQ(error.attempts, 1);
  EXPECT_EQ(server.received(), "");
}

TEST_F(TlsSettings, AuthoritiesThatAreNoPemAreAConfigurationError) {
  const TlsContext tls(authority_.issue());
  const RawServer server(answer_hello, &tls);
  const TemporaryFile no_pem("ca.pem", "this is no certificate\n");
  expect_unusable(server, client_with(server, {.ca_file = no_pem.path()}));
}

TEST_F(TlsSettings, Http2IsOfferedBeforeHttp11) {
  TlsContext tls(authority_.issue());
  tls.choose_http_1_1();
  const RawServer server(answer_hello, &tls);
  expect_hello(client_for(server, authority_));
  EXPECT_THAT(tls.offered_protocols(), ::testing::ElementsAre("h2", "http/1.1"));
}

/// A server that asks for a certificate, by the newest version of TLS in which it does.
class ClientCertificate : public TlsSettings, public ::testing::WithParamInterface<int> {
 protected:
  ClientCertificate() {
    if (GetParam() == TLS1_2_VERSION) tls_.limit_to_tls_1_2();
    tls_.require_client_certificate(authority_);
  }

  TlsContext tls_{authority_.issue()};
  RawServer server_{answer_hello, &tls_};
  const Identity identity_ = authority_.issue();
  const TemporaryFile certificate_{"certificate.pem", pem(identity_.certificate)};
};

INSTANTIATE_TEST_SUITE_P(Tls, ClientCertificate, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_2_VERSION ? "v12" : "v13"; });

TEST_P(ClientCertificate, IsShown) {
  const TemporaryFile key("key.pem", pem(identity_.key));
  expect_hello(client_with(
      server_, {.ca_file = authority_.file(), .client_certificate = certificate_.path(), .client_key = key.path()}));
}

TEST_P(ClientCertificate, MayStandInOneFileWithItsKey) {
  const TemporaryFile both("both.pem", pem(identity_.certificate) + pem(identity_.key));
  expect_hello(client_with(server_, {.ca_file = authority_.file(), .client_certificate = both.path()}));
}

TEST_P(ClientCertificate, IsShownWithAnEncryptedKey) {
  const TemporaryFile key("key.pem", pem(identity_.key, "open sesame"));
  expect_hello(client_with(server_, {.ca_file = authority_.file(),
                                     .client_certificate = certificate_.path(),
                                     .client_key = key.path(),
                                     .client_key_passphrase = "open sesame"}));
}

TEST_P(ClientCertificate, WithAnotherPassphraseIsAConfigurationError) {
  const TemporaryFile key("key.pem", pem(identity_.key, "open sesame"));
  expect_unusable(server_, client_with(server_, {.ca_file = authority_.file(),
                                                 .client_certificate = certificate_.path(),
                                                 .client_key = key.path(),
                                                 .client_key_passphrase = "open barley"}));
}

TEST_P(ClientCertificate, WithoutThePassphraseItNeedsIsAConfigurationError) {
  const TemporaryFile key("key.pem", pem(identity_.key, "open sesame"));
  expect_unusable(server_, client_with(server_, {.ca_file = authority_.file(),
                                                 .client_certificate = certificate_.path(),
                                                 .client_key = key.path()}));
}

TEST_P(ClientCertificate, OfAnUnknownAuthorityIsATlsError) {
  const Identity unknown = CertificateAuthority("Unknown authority").issue();
  const TemporaryFile both("both.pem", pem(unknown.certificate) + pem(unknown.key));
  const Error error = failure(client_with(server_, {.ca_file = authority_.file(), .client_certificate = both.path()}));
  EXPECT_EQ(error.kind, ErrorKind::tls) << error;
  EXPECT_EQ(error.attempts, 1);
  EXPECT_EQ(server_.received(), "");
}

TEST_P(ClientCertificate, IsNotShownToAHostOfPictures) {
  const TemporaryFile both("both.pem", pem(identity_.certificate) + pem(identity_.key));
  const RawServer gateway(answer_hello, &tls_);
  const ChatClient client = client_with(gateway, {.ca_file = authority_.file(), .client_certificate = both.path()});
  const TemporaryFile target("cat.png", "before");
  expect_hello(client);
  const auto saved = client.save({.url = "https://" + server_.authority() + "/cat.png"}, target.path());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::tls) << saved.error();
  EXPECT_EQ(server_.received(), "");
}

TEST_P(ClientCertificate, ThatIsMissingIsATlsError) {
  const Error error = failure(client_for(server_, authority_));
  EXPECT_EQ(error.kind, ErrorKind::tls) << error;
  EXPECT_EQ(server_.received(), "");
}

}  // namespace
}  // namespace integration
