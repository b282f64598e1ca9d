#include "environment_variable.hpp"
#include "fault_matrix.hpp"

#include <deque>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::RetryPolicy;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view proxy_password = "canary-proxy-password-5d1e";

/// The gateway has a name that only the proxy would resolve.
class FaultMatrixProxy : public FaultMatrix {
 protected:
  [[nodiscard]] ChatClient client_through(const std::string& proxy) const {
    chatopen::ClientOptions options = options_for("https://gateway.test");
    options.transport = curl({.proxy = proxy, .ca_file = authority_.file()});
    return ChatClient::create(std::move(options)).value();
  }

  [[nodiscard]] static std::string with_user(const RawServer& proxy) {
    return "http://user:" + std::string(proxy_password) + "@" + proxy.authority();
  }

  /// A proxy error before the gateway could see anything, without a secret of either side.
  static Error proxy_failure(const ChatClient& client) {
    Error error = failure(client, {.retry = RetryPolicy::none()});
    EXPECT_EQ(error.kind, ErrorKind::proxy) << error;
    EXPECT_FALSE(error.maybe_processed);
    for (const std::string& text : {error.message, error.detail, error.body_snippet}) {
      EXPECT_THAT(text, Not(HasSubstr(std::string(proxy_password))));
    }
    return error;
  }

  const CertificateAuthority authority_;

 private:
  const EnvironmentVariable no_exceptions_{"no_proxy", std::nullopt};
  const EnvironmentVariable no_exceptions_either_{"NO_PROXY", std::nullopt};
};

TEST_F(FaultMatrixProxy, CallGoesThroughATunnelThatHidesTheCredentials) {
  const TlsContext tls(authority_.issue());
  std::string seen_by_proxy;
  RawServer proxy([&](Connection& connection) {
    connection.read_request();
    seen_by_proxy = connection.received();
    if (connection.send("HTTP/1.1 200 Connection established\r\n\r\n") && connection.start_tls(tls)) {
      answer_hello(connection);
    }
  });
  const auto reply = client_through(with_user(proxy)).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "hello");
  const auto requests = proxy.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].line, "CONNECT gateway.test:443 HTTP/1.1");
  EXPECT_THAT(requests[0].header("Proxy-Authorization"), StartsWith("Basic "));
  EXPECT_EQ(requests[1].header("Proxy-Authorization"), "");
  EXPECT_EQ(requests[1].header("X-Request-Req-Accesskeysecret"), canary_secret);
  expect_no_secret(seen_by_proxy);
}

TEST_F(FaultMatrixProxy, PlainHttpGoesThroughATunnelToo) {
  RawServer proxy([](Connection& connection) {
    connection.read_request();
    connection.reply("403 Forbidden", "no");
  });
  chatopen::ClientOptions options = options_for("http://gateway.test");
  options.allow_http = true;
  options.transport = curl({.proxy = proxy.base_url()});
  proxy_failure(ChatClient::create(std::move(options)).value());
  EXPECT_THAT(proxy.received(), StartsWith("CONNECT gateway.test:80"));
  expect_no_secret(proxy.received());
}

TEST_F(FaultMatrixProxy, Row69ProxyThatAnswers407IsAProxyError) {
  RawServer proxy([](Connection& connection) {
    while (connection.read_request() &&
           connection.reply("407 Proxy Authentication Required", "no", "Proxy-Authenticate: Basic realm=\"p\"\r\n")) {
    }
  });
  proxy_failure(client_through(with_user(proxy)));
  proxy_failure(client_through("http://" + proxy.authority()));
  EXPECT_THAT(proxy.received(), StartsWith("CONNECT gateway.test:443"));
  expect_no_secret(proxy.received());
}

TEST_F(FaultMatrixProxy, Row69ProxyThatRefusesTheTunnelIsAProxyError) {
  for (const char* const status : {"403 Forbidden", "502 Bad Gateway", "503 Service Unavailable"}) {
    RawServer proxy([&](Connection& connection) {
      connection.read_request();
      connection.reply(status, "no");
    });
    proxy_failure(client_through("http://" + proxy.authority()));
    expect_no_secret(proxy.received());
  }
}

TEST_F(FaultMatrixProxy, Row69DeadProxyIsAProxyError) {
  const DeadPort nobody;
  proxy_failure(client_through("http://user:" + std::string(proxy_password) + "@" + nobody.authority()));
}

TEST_F(FaultMatrixProxy, Row69DeadProxyOfTheEnvironmentIsAProxyError) {
  const DeadPort nobody;
  const EnvironmentVariable variable("https_proxy",
                                     "http://user:" + std::string(proxy_password) + "@" + nobody.authority());
  proxy_failure(client_through(""));
}

TEST_F(FaultMatrixProxy, Row69ProxyThatDiesBeforeItsAnswerIsAProxyError) {
  for (const bool reset : {false, true}) {
    RawServer proxy([&](Connection& connection) {
      connection.read_request();
      if (reset) connection.reset();
    });
    proxy_failure(client_through("http://" + proxy.authority()));
    expect_no_secret(proxy.received());
  }
}

TEST_F(FaultMatrixProxy, Row69ProxyThatDiesInTheHandshakeGetsNothing) {
  RawServer proxy([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    connection.read_bytes(1);
    connection.reset();
  });
  const Error error = failure(client_through("http://" + proxy.authority()), {.retry = RetryPolicy::none()});
  EXPECT_THAT(error.kind, ::testing::AnyOf(ErrorKind::proxy, ErrorKind::tls, ErrorKind::connection));
  EXPECT_FALSE(error.maybe_processed);
  expect_no_secret(proxy.received());
}

TEST_F(FaultMatrixProxy, Row69SilentProxyEndsAtTheConnectDeadline) {
  RawServer proxy([](Connection& connection) { connection.wait_for_close(); });
  const auto [error, elapsed] =
      timed_failure(client_through("http://" + proxy.authority()),
                    {.timeouts = {.connect = milliseconds(200)}, .retry = RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("connect"));
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrixProxy, ProxyThatPresentsItsOwnCertificateIsRefused) {
  const CertificateAuthority other;
  const TlsContext tls(other.issue());
  RawServer proxy([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (connection.start_tls(tls)) answer_hello(connection);
  });
  const Error error = failure(client_through("http://" + proxy.authority()));
  EXPECT_EQ(error.kind, ErrorKind::tls);
  EXPECT_EQ(error.attempts, 1);
  expect_no_secret(proxy.received());
}

TEST_F(FaultMatrixProxy, NoProxyOfAnyOriginIsUsedForLoopback) {
  RawServer proxy(answer_hello);
  std::deque<EnvironmentVariable> environment;
  for (const char* const name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    environment.emplace_back(name, proxy.base_url());
  }
  const TlsContext tls(authority_.issue());
  RawServer cleartext(answer_hello);
  RawServer secured(answer_hello, &tls);
  const std::string port = ":" + std::to_string(cleartext.port());
  for (const std::string& base_url :
       {cleartext.base_url(), "http://localhost" + port, "http://LOCALHOST" + port, "https://" + secured.authority()}) {
    for (const std::string& configured : {std::string(), proxy.base_url()}) {
      chatopen::ClientOptions options = options_for(base_url);
      options.transport = curl({.proxy = configured, .ca_file = authority_.file()});
      const auto reply = ChatClient::create(std::move(options)).value().chat(question());
      EXPECT_TRUE(reply) << base_url << ": " << reply.error();
    }
  }
  EXPECT_EQ(proxy.connections(), 0U);
}

TEST_F(FaultMatrixProxy, ExplicitProxyIsNotTheEnvironmentsToSwitchOff) {
  RawServer proxy([](Connection& connection) {
    connection.read_request();
    connection.reply("403 Forbidden", "no");
  });
  std::size_t calls = 0;
  for (const char* const name : {"no_proxy", "NO_PROXY"}) {
    for (const char* const exceptions : {"*", "gateway.test", ".test"}) {
      const EnvironmentVariable variable(name, exceptions);
      proxy_failure(client_through(proxy.base_url()));
      EXPECT_EQ(proxy.connections(), ++calls) << name << "=" << exceptions;
    }
  }
  expect_no_secret(proxy.received());
}

TEST_F(FaultMatrixProxy, ProxyOfTheEnvironmentIsUsedForOtherHosts) {
  RawServer proxy([](Connection& connection) {
    connection.read_request();
    connection.reply("403 Forbidden", "no");
  });
  const EnvironmentVariable variable("https_proxy", with_user(proxy));
  proxy_failure(client_through(""));
  EXPECT_THAT(proxy.received(), StartsWith("CONNECT gateway.test:443"));
  expect_no_secret(proxy.received());
}

}  // namespace
}  // namespace integration
