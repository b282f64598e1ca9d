#include "transport/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::transport {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

std::string parsed(const std::string& url, bool allow_http = false) {
  const Result<std::string> result = parse_base_url(url, allow_http);
  return result ? *result : "refused: " + result.error().message;
}

Error refusal(const std::string& url, bool allow_http = false) {
  const Result<std::string> result = parse_base_url(url, allow_http);
  EXPECT_FALSE(result) << url << " was accepted";
  return result ? Error{} : result.error();
}

TEST(BaseUrl, IsKeptWithItsPortAndPrefix) {
  EXPECT_EQ(parsed("https://gateway.example"), "https://gateway.example");
  EXPECT_EQ(parsed("https://gateway.example:8443/a/b"), "https://gateway.example:8443/a/b");
  EXPECT_EQ(parsed("https://[2001:db8::1]:8443"), "https://[2001:db8::1]:8443");
}

TEST(BaseUrl, LosesTrailingSlashesAndTheDefaultPort) {
  EXPECT_EQ(parsed("https://gateway.example/"), "https://gateway.example");
  EXPECT_EQ(parsed("https://gateway.example/a//"), "https://gateway.example/a");
  EXPECT_EQ(parsed("https://gateway.example:443/a"), "https://gateway.example/a");
}

TEST(BaseUrl, HasItsSchemeAndHostInLowerCase) {
  EXPECT_EQ(parsed("HTTPS://GateWay.Example/Prefix"), "https://gateway.example/Prefix");
}

TEST(BaseUrl, IsRequired) {
  EXPECT_EQ(refusal("").kind, ErrorKind::configuration);
  EXPECT_THAT(refusal("").message, HasSubstr("required"));
}

TEST(BaseUrl, MayUseHttpOnlyForLoopbackUnlessAllowed) {
  EXPECT_EQ(parsed("http://localhost:8080"), "http://localhost:8080");
  EXPECT_EQ(parsed("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(parsed("http://[::1]:8080"), "http://[::1]:8080");
  EXPECT_THAT(refusal("http://gateway.example").message, HasSubstr("http"));
  EXPECT_THAT(refusal("http://127.0.0.1.example").message, HasSubstr("http"));
  EXPECT_EQ(parsed("http://gateway.example", true), "http://gateway.example");
}

TEST(BaseUrl, HasNoOtherScheme) {
  for (const char* url : {"gateway.example", "ftp://gateway.example", "file:///etc/passwd", "//gateway.example",
                          "https:gateway.example", "https:/gateway.example"}) {
    EXPECT_THAT(refusal(url, true).message, HasSubstr("https://")) << url;
  }
}

TEST(BaseUrl, HasAHost) {
  for (const char* url : {"https://", "https:///path", "https://:8443"}) {
    EXPECT_THAT(refusal(url).message, HasSubstr("host")) << url;
  }
}

TEST(BaseUrl, HasAValidHost) {
  for (const char* url : {"https://[::1", "https://[gateway]", "https://a%2fb", "https://a<b"}) {
    EXPECT_EQ(refusal(url).kind, ErrorKind::configuration) << url;
  }
}

TEST(BaseUrl, HasNoZone) {
  for (const char* url : {"https://[fe80::1%25eth0]", "https://[fe80::1%25eth0]:8443/a", "http://[fe80::1%eth0]"}) {
    EXPECT_EQ(refusal(url, true).kind, ErrorKind::configuration);
    EXPECT_THAT(refusal(url, true).message, HasSubstr("zone")) << url;
  }
  EXPECT_EQ(parsed("https://[fe80::1]/a%25b"), "https://[fe80::1]/a%25b");
}

TEST(BaseUrl, IsPercentEncoded) {
  EXPECT_THAT(parsed("https://gateway.example/模型/ü"), AnyOf("https://gateway.example/%E6%A8%A1%E5%9E%8B/%C3%BC",
                                                              "https://gateway.example/%e6%a8%a1%e5%9e%8b/%c3%bc"))
      << "versions of libcurl differ in the case";
  EXPECT_EQ(parsed("https://gateway.example/kept%20escape/a:b@c/%E6"),
            "https://gateway.example/kept%20escape/a:b@c/%E6");
}

TEST(BaseUrl, HasAValidPort) {
  for (const char* url : {"https://a:0", "https://a:65536", "https://a:x", "https://a:-1"}) {
    EXPECT_THAT(refusal(url).message, HasSubstr("port")) << url;
  }
}

TEST(BaseUrl, HasNoQueryAndNoFragment) {
  EXPECT_THAT(refusal("https://a/b?c=d").message, HasSubstr("query"));
  EXPECT_THAT(refusal("https://a?").message, HasSubstr("query"));
  EXPECT_THAT(refusal("https://a/b#c").message, HasSubstr("fragment"));
}

TEST(BaseUrl, HasNoCharacterThatNoUrlHas) {
  for (const std::string& url :
       {std::string("https://a /b"), std::string("https://a\\b"), std::string("https://a/\r\nX: y"),
        std::string("https://a/\0b", 12), std::string("https://a/\x7f"), std::string("https://a/\"b\""),
        std::string("https://a/{b}")}) {
    EXPECT_THAT(refusal(url).message, HasSubstr("control character")) << url;
  }
}

TEST(BaseUrl, HasNoUserInfoAndTheMessageDoesNotRepeatIt) {
  for (const char* url : {"https://canary@a", "https://canary:canary@a/b", "https://canary:canary@", "http://:canary@a",
                          "https://a:canary@b:99999"}) {
    const Error error = refusal(url, true);
    EXPECT_THAT(error.message, HasSubstr("user info")) << url;
    EXPECT_THAT(error.message + error.detail, Not(HasSubstr("canary"))) << url;
  }
}

TEST(Loopback, IsThisMachineOnly) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.255.255.255", "[::1]"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"", "localhost.example", "127.0.0.1.example", "127.0.0", "127.0.0.256", "127.0.0.1.1",
                           "128.0.0.1", "127.", "127.0.0.", "127.0.0.0001", "[::2]", "::1", "0.0.0.0"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(UrlTarget, IsTheHostWithoutThePort) {
  const auto target = split_url("https://gateway.example:8443/a?b#c");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->https);
  EXPECT_EQ(target->host, "gateway.example");
  EXPECT_EQ(split_url("http://[::1]:80/")->host, "[::1]");
  EXPECT_EQ(split_url("http://[::1]")->host, "[::1]");
  EXPECT_FALSE(split_url("HTTP://a/b:80")->https);
  EXPECT_EQ(split_url("http://a/b:80")->host, "a");
}

TEST(UrlTarget, IsEmptyForWhatIsNeverSent) {
  for (const char* url : {"", "a", "ftp://a", "http:/a", "http://", "http:///a", "https://:80/", "http://u@a",
                          "http://a b", "http://a\\b", "http://a\n"}) {
    EXPECT_FALSE(split_url(url)) << url;
  }
}

}  // namespace
}  // namespace chatopen::transport
