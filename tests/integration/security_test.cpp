#include "environment_variable.hpp"
#include "fault_matrix.hpp"
#include "temporary_file.hpp"

#include <chatopen/testing/mock_transport.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ErrorKind;
using ::testing::HasSubstr;

class Security : public FaultMatrix {};

std::vector<std::string> lower_case_names(const WireRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    names.push_back(std::move(lower));
  }
  return names;
}

TEST_F(Security, DocumentedExampleGoesOutMemberForMember) {
  RawServer server(answer_hello);
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].line, "POST /AIGCChatOpenServ/saas/gpt-4o/text/v3 HTTP/1.1");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(requests[0].body), nlohmann::json::parse(R"({"messages":[{"role":"user","content":[
      {"type":"text","text":"what's the content of the picture?"},
      {"type":"imageUrl","imageUrl":{"url":"https://example.com/a.jpg"}}]}]})"));
}

TEST_F(Security, NothingButTheCredentialsIdentifiesTheUser) {
  RawServer server(answer_hello);
  ASSERT_TRUE(client_for(server).chat(question()));
  const WireRequest request = server.requests().at(0);
  EXPECT_THAT(
      lower_case_names(request),
      ::testing::UnorderedElementsAre("host", "user-agent", "accept", "accept-encoding", "content-type",
                                      "content-length", "x-request-req-accesskeyid", "x-request-req-accesskeysecret"));
  EXPECT_EQ(request.header("X-Request-Req-Accesskeyid"), canary_id);
  EXPECT_EQ(request.header("X-Request-Req-Accesskeysecret"), canary_secret);
  EXPECT_EQ(request.header("User-Agent"), "chatopen/" CHATOPEN_VERSION_STRING);
  EXPECT_EQ(request.header("Host"), server.authority());
  expect_no_secret(request.line + request.body);
}

TEST_F(Security, HeadersOfACallMustBeHeaders) {
  using namespace std::string_literals;
  RawServer server(answer_hello);
  const ChatClient client = client_for(server);
  const chatopen::HttpHeader bad[] = {{"X-A", "b\r\nX-Injected: c"},
                                      {"X-A", "b\nX-Injected: c"},
                                      {"X-A", "b\rc"},
                                      {"X-A", "b\0c"s},
                                      {"X-A", "b\x7f"},
                                      {"X-A", "b\x01"},
                                      {"X-A\r\nX-Injected", "b"},
                                      {"X-A: b", "c"},
                                      {"X A", "b"},
                                      {"", "b"},
                                      {"X-A\0B"s, "b"},
                                      {"X-Request-Req-Accesskeysecret", "mine"},
                                      {"host", "elsewhere.example"},
                                      {"Content-Length", "0"},
                                      {"Transfer-Encoding", "chunked"}};
  for (const chatopen::HttpHeader& header : bad) {
    EXPECT_EQ(failure(client, {.headers = {header}}).kind, ErrorKind::invalid_argument) << header.name;
  }
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_TRUE(client.chat(question(), {.headers = {{"X-Trace", "1"}, {"X-Empty", ""}}}));
  EXPECT_EQ(server.requests().at(0).header("X-Trace"), "1");
  EXPECT_THAT(lower_case_names(server.requests().at(0)), ::testing::Contains("x-empty"));
}

TEST_F(Security, CredentialsMustBeFitForAHeader) {
  using namespace std::string_literals;
  RawServer server(answer_hello);
  ChatClient client = client_for(server);
  for (const std::string& bad : {""s, "a\r\nX-Injected: b"s, "a\nb"s, "a\0b"s, "a b"s, "\x7f"s, "caf\xc3\xa9"s}) {
    for (const chatopen::Credentials& credentials :
         {chatopen::Credentials{bad, canary_secret}, chatopen::Credentials{canary_id, bad}}) {
      chatopen::ClientOptions options = options_for(server.base_url());
      options.credentials = credentials;
      const auto made = ChatClient::create(std::move(options));
      ASSERT_FALSE(made);
      EXPECT_EQ(made.error().kind, ErrorKind::configuration);
      expect_no_secret(made.error());
      const auto replaced = client.set_credentials(credentials);
      ASSERT_FALSE(replaced);
      EXPECT_EQ(replaced.error().kind, ErrorKind::configuration);
      expect_no_secret(replaced.error());
    }
  }
  ASSERT_TRUE(client.chat(question()));
  EXPECT_EQ(server.requests().at(0).header("X-Request-Req-Accesskeyid"), canary_id) << "the old ones still hold";
}

TEST_F(Security, ReplacedCredentialsAreSentFromTheNextCallOnAndRedacted) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("200 OK", hello);
    connection.read_request();
    connection.reply("401 Unauthorized", "replaced-canary-secret is not known");
  });
  ChatClient client = client_for(server);
  const ChatClient copy = client;
  ASSERT_TRUE(client.chat(question()));
  ASSERT_TRUE(client.set_credentials({"replaced-canary-id", "replaced-canary-secret"}));
  const auto error = failure(copy);
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_THAT(error.body_snippet, ::testing::Not(HasSubstr("replaced-canary")));
  EXPECT_EQ(server.requests().at(1).header("X-Request-Req-Accesskeyid"), "replaced-canary-id");
  EXPECT_EQ(server.requests().at(1).header("X-Request-Req-Accesskeysecret"), "replaced-canary-secret");
}

TEST_F(Security, BaseUrlMustBeFitForCredentials) {
  const std::string user_info =
      "https://" + std::string(canary_id) + ":" + std::string(canary_secret) + "@gateway.test";
  for (const std::string& bad :
       {std::string(), user_info, std::string("https://user@gateway.test"), std::string("http://gateway.test"),
        std::string("http://127.0.0.1.gateway.test"), std::string("http://localhost.gateway.test"),
        std::string("http://0.0.0.0"), std::string("ftp://127.0.0.1"), std::string("file:///etc/passwd"),
        std::string("gateway.test"), std::string("https://"), std::string("https://gateway.test/?a=b"),
        std::string("https://gateway.test/#a"), std::string("https://gateway.test\r\nX: y"),
        std::string("https://gateway.test:99999"), std::string("https:\\\\gateway.test")}) {
    const auto made = ChatClient::create(options_for(bad));
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().kind, ErrorKind::configuration) << bad;
    expect_no_secret(made.error());
  }
  for (const char* const good :
       {"http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://localhost:1/prefix/",
        "https://gateway.test", "HTTPS://gateway.test:8443/a/b"}) {
    const auto made = ChatClient::create(options_for(good));
    EXPECT_TRUE(made) << good << ": " << made.error();
  }
  chatopen::ClientOptions opted_in = options_for("http://gateway.test");
  opted_in.allow_http = true;
  EXPECT_TRUE(ChatClient::create(std::move(opted_in)));
}

TEST_F(Security, Ipv6LoopbackAndAPathPrefixWork) {
  RawServer server(answer_hello, nullptr, "::1");
  const auto reply = ChatClient::create(options_for(server.base_url() + "/prefix/")).value().chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(server.requests().at(0).line, "POST /prefix/AIGCChatOpenServ/saas/gpt-4o/text/v3 HTTP/1.1");
}

TEST_F(Security, ModelNameCannotEscapeItsSegment) {
  const std::pair<std::string, std::string> cases[] = {
      {"../../x", "..%2F..%2Fx"}, {"a/b", "a%2Fb"},  {"a?b", "a%3Fb"}, {"a#b", "a%23b"},    {"a%2fb", "a%252fb"},
      {"a b", "a%20b"},           {"a\\b", "a%5Cb"}, {"..;", "..%3B"}, {"模", "%E6%A8%A1"}, {"{model}", "%7Bmodel%7D"}};
  RawServer server(answer_hello);
  const ChatClient client = client_for(server);
  chatopen::ChatRequest request = question();
  for (const auto& [model, segment] : cases) {
    request.endpoint = chatopen::endpoints::general_llm(model);
    const auto reply = client.chat(request);
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(server.requests().back().line, "POST /AIGCChatOpenServ/saas/" + segment + "/text/v3 HTTP/1.1");
  }
  const std::size_t sent = server.requests().size();
  for (const std::string& model : {std::string(), std::string("."), std::string(".."), std::string("a\r\nb"),
                                   std::string("a\0b", 3), std::string("a\tb")}) {
    request.endpoint = chatopen::endpoints::general_llm(model);
    const auto reply = client.chat(request);
    ASSERT_FALSE(reply) << model;
    EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument);
  }
  EXPECT_EQ(server.requests().size(), sent);
}

TEST_F(Security, NoCookieIsKept) {
  RawServer server([](Connection& connection) {
    while (connection.read_request() &&
           connection.reply("200 OK", hello, "Set-Cookie: session=1; Path=/\r\nSet-Cookie: other=2\r\n")) {
    }
  });
  const ChatClient client = client_for(server);
  for (int call = 0; call < 3; ++call) ASSERT_TRUE(client.chat(question()));
  for (const WireRequest& request : server.requests()) EXPECT_EQ(request.header("Cookie"), "");
}

TEST_F(Security, AlternativeServiceIsIgnored) {
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer alternative(answer_hello, &tls);
  RawServer server(
      [&](Connection& connection) {
        const std::string header = "Alt-Svc: h2=\"127.0.0.1:" + std::to_string(alternative.port()) +
                                   "\", http/1.1=\":" + std::to_string(alternative.port()) +
                                   "\"\r\nConnection: close\r\n";
        if (connection.read_request()) connection.reply("200 OK", hello, header);
      },
      &tls);
  const ChatClient client = client_for(server, authority);
  for (int call = 0; call < 3; ++call) ASSERT_TRUE(client.chat(question()));
  EXPECT_EQ(alternative.connections(), 0U);
  EXPECT_EQ(server.requests().size(), 3U);
}

// It counts for named hosts only, and for all their ports.
TEST_F(Security, StrictTransportSecurityIsIgnored) {
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  RawServer secured(
      [](Connection& connection) {
        while (connection.read_request() &&
               connection.reply("200 OK", hello, "Strict-Transport-Security: max-age=99\r\n")) {
        }
      },
      &tls);
  RawServer cleartext(answer_hello);
  const auto shared = curl({.ca_file = authority.file()});
  for (int round = 0; round < 2; ++round) {
    for (const std::string& base_url : {"https://localhost:" + std::to_string(secured.port()),
                                        "http://localhost:" + std::to_string(cleartext.port())}) {
      chatopen::ClientOptions options = options_for(base_url);
      options.transport = shared;
      const auto reply = ChatClient::create(std::move(options)).value().chat(question());
      EXPECT_TRUE(reply) << base_url << ": " << reply.error();
    }
  }
  EXPECT_EQ(secured.requests().size(), 2U);
  EXPECT_EQ(cleartext.requests().size(), 2U);
}

TEST_F(Security, NetrcIsIgnored) {
  const TemporaryFile netrc(".netrc", "default login someone password something\n");
  const EnvironmentVariable home("HOME", netrc.directory());
  const EnvironmentVariable named("NETRC", netrc.path());
  RawServer server(answer_hello);
  ASSERT_TRUE(client_for(server).chat(question()));
  EXPECT_EQ(server.requests().at(0).header("Authorization"), "");
}

TEST_F(Security, ConfigurationFileThatOthersCanReadIsRefused) {
  using std::filesystem::perms;
  const std::string text = R"({"profiles":{"default":{"base_url":"https://gateway.test","access_key_id":")" +
                           std::string(canary_id) + R"(","access_key_secret":")" + std::string(canary_secret) + "\"}}}";
  const perms own = perms::owner_read | perms::owner_write;
  for (const perms others : {perms::group_read, perms::others_read}) {
    const TemporaryFile file("config.json", text, own | others);
    const auto options = chatopen::ClientOptions::from_file(file.path());
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().kind, ErrorKind::configuration);
    EXPECT_THAT(options.error().message + options.error().detail, HasSubstr("chmod"));
    expect_no_secret(options.error());
  }
  const TemporaryFile file("config.json", text, own);
  const auto options = chatopen::ClientOptions::from_file(file.path());
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->credentials.access_key_secret.reveal(), canary_secret);
}

TEST_F(Security, PrintedRequestsShowNoCredentialAndNoPrompt) {
  const auto mock = std::make_shared<chatopen::testing::MockTransport>();
  mock->reply({.body = std::string(hello)});
  chatopen::ClientOptions options = options_for("https://gateway.test");
  options.transport = mock;
  ASSERT_TRUE(ChatClient::create(std::move(options)).value().chat(question()));
  const auto recorded = mock->requests();
  ASSERT_EQ(recorded.size(), 1U);
  EXPECT_EQ(recorded[0].header("x-request-req-accesskeysecret"), canary_secret);

  std::ostringstream printed;
  printed << recorded[0] << '\n'
          << chatopen::HttpRequest{
                 .url = "https://user:" + std::string(canary_secret) + "@h/p?q=" + std::string(canary_id),
                 .headers = recorded[0].headers,
                 .body = recorded[0].body};
  expect_no_secret(printed.str());
  EXPECT_THAT(printed.str(), HasSubstr("gateway.test"));
  EXPECT_THAT(printed.str(), ::testing::Not(HasSubstr("picture")));
}

}  // namespace
}  // namespace integration
