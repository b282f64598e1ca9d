#include "transport/curl_failure.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace chatopen::transport {
namespace {

TransportFailure failure(CURLcode code, CurlPhase phase, std::string_view text = {}, bool explicit_proxy = false) {
  return failure_of(code, phase, text, 0, explicit_proxy);
}

TEST(CurlFailure, BeforeTheRequestNamesTheStepThatFailed) {
  constexpr auto phase = CurlPhase::connecting;
  EXPECT_EQ(failure(CURLE_COULDNT_RESOLVE_HOST, phase), TransportFailure::resolve);
  EXPECT_EQ(failure(CURLE_COULDNT_CONNECT, phase), TransportFailure::connect);
  EXPECT_EQ(failure(CURLE_OPERATION_TIMEDOUT, phase), TransportFailure::connect);
  EXPECT_EQ(failure(CURLE_SSL_CONNECT_ERROR, phase), TransportFailure::tls);
  EXPECT_EQ(failure(CURLE_PEER_FAILED_VERIFICATION, phase), TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_COULDNT_RESOLVE_PROXY, phase), TransportFailure::proxy);
  EXPECT_EQ(failure(CURLE_URL_MALFORMAT, phase), TransportFailure::invalid_request);
  EXPECT_EQ(failure(CURLE_OUT_OF_MEMORY, phase), TransportFailure::resource);
}

TEST(CurlFailure, TellsARefusedCertificateFromABrokenHandshake) {
  constexpr auto phase = CurlPhase::connecting;
  EXPECT_EQ(failure(CURLE_PEER_FAILED_VERIFICATION, phase), TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_SSL_CONNECT_ERROR, phase, "OpenSSL/3.0.22: error:06880006:asn1 encoding routines::EVP lib"),
            TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_SSL_CONNECT_ERROR, phase, "error:0A00042E:SSL routines::tlsv1 alert protocol version"),
            TransportFailure::tls);
}

TEST(CurlFailure, TellsTheClientsOwnCertificateFromTheServers) {
  EXPECT_EQ(failure(CURLE_SSL_CERTPROBLEM, CurlPhase::connecting), TransportFailure::settings);
  EXPECT_EQ(failure(CURLE_SSL_CACERT_BADFILE, CurlPhase::connecting), TransportFailure::settings);
  EXPECT_EQ(failure(CURLE_SSL_CLIENTCERT, CurlPhase::connecting), TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, CurlPhase::waiting,
                    "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0"),
            TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, CurlPhase::waiting, "SSL routines::tlsv1 alert unknown ca"),
            TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_SSL_CONNECT_ERROR, CurlPhase::connecting, "SSL routines::sslv3 alert bad certificate"),
            TransportFailure::certificate);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, CurlPhase::waiting, "SSL routines::tlsv1 alert internal error"),
            TransportFailure::connection_reset);
}

TEST(CurlFailure, BlamesTheProxyForWhatHappensOnTheWayToIt) {
  constexpr auto phase = CurlPhase::connecting;
  EXPECT_EQ(failure(CURLE_COULDNT_CONNECT, phase, {}, true), TransportFailure::proxy);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, phase, "Received HTTP code 407 from proxy after CONNECT"),
            TransportFailure::proxy);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, phase, "Recv failure: Connection reset by peer"), TransportFailure::connect);
}

TEST(CurlFailure, KnowsAProxyByTheHostThatLibcurlNames) {
  EXPECT_FALSE(names_another_peer("Failed to connect to x.example port 443: refused", "X.example"));
  EXPECT_FALSE(names_another_peer("Failed to connect to ::1 port 443: refused", "[::1]"));
  EXPECT_TRUE(names_another_peer("Failed to connect to proxy.example port 443: refused", "x.example"));
  EXPECT_TRUE(names_another_peer("Failed to connect to x.example.org port 443: refused", "x.example"));
  EXPECT_FALSE(names_another_peer("Recv failure: Connection reset by peer", "x.example"));
}

TEST(CurlFailure, BlamesTheSystemWhenItIsExhausted) {
  EXPECT_EQ(failure_of(CURLE_COULDNT_CONNECT, CurlPhase::connecting, {}, EMFILE, false), TransportFailure::resource);
  EXPECT_EQ(failure(CURLE_COULDNT_RESOLVE_HOST, CurlPhase::connecting, "getaddrinfo() thread failed to start"),
            TransportFailure::resource);
}

TEST(CurlFailure, WithinTheHeadIsAResetOrBrokenHttp) {
  constexpr auto phase = CurlPhase::waiting;
  EXPECT_EQ(failure(CURLE_GOT_NOTHING, phase), TransportFailure::connection_reset);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, phase), TransportFailure::connection_reset);
  EXPECT_EQ(failure(CURLE_SEND_ERROR, phase), TransportFailure::connection_reset);
  EXPECT_EQ(failure(CURLE_UNSUPPORTED_PROTOCOL, phase), TransportFailure::protocol);
  EXPECT_EQ(failure(CURLE_WEIRD_SERVER_REPLY, phase), TransportFailure::protocol);
  EXPECT_EQ(failure(CURLE_OUT_OF_MEMORY, phase), TransportFailure::headers_too_large);
  EXPECT_EQ(failure(CURLE_READ_ERROR, phase), TransportFailure::request_body);
}

TEST(CurlFailure, WithinTheBodyIsTruncatedUnlessTheServerBreaksHttp) {
  constexpr auto phase = CurlPhase::receiving;
  EXPECT_EQ(failure(CURLE_PARTIAL_FILE, phase), TransportFailure::truncated);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, phase, "Recv failure: Connection reset by peer"), TransportFailure::truncated);
  EXPECT_EQ(failure(CURLE_RECV_ERROR, phase, "Malformed encoding found in chunked-encoding"),
            TransportFailure::protocol);
  EXPECT_EQ(failure(CURLE_BAD_CONTENT_ENCODING, phase), TransportFailure::protocol);
  EXPECT_EQ(failure(CURLE_OUT_OF_MEMORY, phase), TransportFailure::resource);
}

TEST(CurlFailure, IsDescribedInLibcurlsWordsOnOneLine) {
  EXPECT_EQ(describe(CURLE_COULDNT_CONNECT, "Failed to connect\nto a"), "Failed to connect to a");
  EXPECT_EQ(describe(CURLE_COULDNT_CONNECT, ""), curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

TEST(CurlFailure, IsNotDescribedByTextThatMayHoldCredentials) {
  for (const char* text :
       {"Unsupported proxy syntax in 'http://u:canary@p'", "Unsupported proxy scheme for 'canary'"}) {
    EXPECT_EQ(describe(CURLE_COULDNT_RESOLVE_PROXY, text), curl_easy_strerror(CURLE_COULDNT_RESOLVE_PROXY));
  }
}

}  // namespace
}  // namespace chatopen::transport
