#include "transport/curl_options.hpp"

#include <chatopen/version.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace chatopen::transport {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Error refusal(CurlOptions options) {
  const Result<CurlSettings> settings = check_options(std::move(options));
  EXPECT_FALSE(settings);
  return settings ? Error{} : settings.error();
}

TEST(CurlOptionsCheck, AcceptsTheDefaults) {
  const Result<CurlSettings> settings = check_options({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->user_agent_line, "User-Agent: chatopen/" CHATOPEN_VERSION_STRING);
  EXPECT_THAT(settings->accept_encoding_line, HasSubstr("gzip"));
}

TEST(CurlOptionsCheck, TakesTheUserAgent) {
  EXPECT_EQ(check_options({.user_agent = "app/1 (x)"}).value().user_agent_line, "User-Agent: app/1 (x)");
  for (const char* user_agent : {"a\r\nX: y", "\x7f", "caf\xc3\xa9", "\t"}) {
    EXPECT_THAT(refusal({.user_agent = user_agent}).message, HasSubstr("user_agent"));
  }
}

TEST(CurlOptionsCheck, NamesTheFileThatCannotBeRead) {
  const std::string missing = "/nonexistent/file.pem";
  EXPECT_THAT(refusal({.ca_file = missing}).message, HasSubstr("ca_file"));
  EXPECT_THAT(refusal({.ca_directory = missing}).message, HasSubstr("ca_directory"));
  EXPECT_THAT(refusal({.client_certificate = missing}).message, HasSubstr("client_certificate"));
  EXPECT_THAT(refusal({.client_key = missing}).message, HasSubstr("client_key"));
  EXPECT_EQ(refusal({.ca_file = missing}).kind, ErrorKind::configuration);
}

TEST(CurlOptionsCheck, RefusesAnAgeThatServersDoNotKeep) {
  EXPECT_TRUE(check_options({.max_idle_age = seconds(0)}));
  EXPECT_TRUE(check_options({.max_idle_age = seconds(59)}));
  EXPECT_THAT(refusal({.max_idle_age = seconds(60)}).message, HasSubstr("max_idle_age"));
  EXPECT_THAT(refusal({.max_idle_age = seconds(-1)}).message, HasSubstr("max_idle_age"));
}

TEST(CurlOptionsCheck, AcceptsProxiesOfFourSchemes) {
  for (const char* proxy : {"http://p:3128", "https://p", "socks5://u:w@127.0.0.1:1080/", "socks5h://[::1]:1080"}) {
    EXPECT_TRUE(check_options({.proxy = proxy})) << proxy;
  }
}

TEST(CurlOptionsCheck, RefusesOtherProxiesWithoutRepeatingThem) {
  for (const char* proxy : {"u:canary@p:3128", "ftp://u:canary@p", "http://u:canary@", "http://u:canary@p:99999",
                            "http://u:canary@p/path", "http://u:canary@p?query", "http://u:canary@p x"}) {
    const Error error = refusal({.proxy = proxy});
    EXPECT_EQ(error.kind, ErrorKind::configuration) << proxy;
    EXPECT_THAT(error.message, HasSubstr("proxy")) << proxy;
    EXPECT_THAT(error.message + error.detail, Not(HasSubstr("canary"))) << proxy;
  }
}

}  // namespace
}  // namespace chatopen::transport
