#include "codec/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::codec {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

Configuration accepted(const std::string& text, const std::string& profile = {}) {
  Result<Configuration> configuration = decode_configuration(text, profile);
  if (configuration) return *std::move(configuration);
  ADD_FAILURE() << configuration.error().message;
  return {};
}

Error refused(const std::string& text, const std::string& profile = {}) {
  Result<Configuration> configuration = decode_configuration(text, profile);
  return configuration ? Error{.message = "was accepted"} : std::move(configuration).error();
}

std::string with_profile(const std::string& members) {
  return R"({"profiles":{"default":{)" + members + "}}}";
}

TEST(Configuration, ReadsEveryMemberOfAProfile) {
  const Configuration read = accepted(R"({"default_profile":"work","profiles":{"work":{
      "base_url":"https://gateway.example/prefix","access_key_id":"an-id","access_key_secret":"a-secret",
      "allow_http":true,"timeouts":{"connect_ms":1,"first_byte_ms":2,"idle_ms":0,"total_ms":31622400000},"max_retries":5,
      "endpoints":{"gpt-4o":{"path":"/v1/chat","wire_form":"prompt"},"gemini":{"wire_form":"messages"}}}}})");
  EXPECT_EQ(read.options.base_url, "https://gateway.example/prefix");
  EXPECT_EQ(read.options.credentials.access_key_id.reveal(), "an-id");
  EXPECT_EQ(read.options.credentials.access_key_secret.reveal(), "a-secret");
  EXPECT_TRUE(read.options.allow_http);
  EXPECT_EQ(read.options.timeouts.connect, milliseconds(1));
  EXPECT_EQ(read.options.timeouts.first_byte, milliseconds(2));
  EXPECT_EQ(read.options.timeouts.idle, milliseconds(0));
  EXPECT_EQ(read.options.timeouts.total, milliseconds(31'622'400'000));
  EXPECT_EQ(read.options.retry.max_retries, 5);
  ASSERT_THAT(read.options.endpoints, SizeIs(2));
  EXPECT_EQ(read.options.endpoints[0].name, "gemini");
  EXPECT_EQ(read.options.endpoints[0].path, "");
  EXPECT_EQ(read.options.endpoints[0].wire_form, WireForm::messages);
  EXPECT_EQ(read.options.endpoints[1].name, "gpt-4o");
  EXPECT_EQ(read.options.endpoints[1].path, "/v1/chat");
  EXPECT_EQ(read.options.endpoints[1].wire_form, WireForm::prompt);
}

TEST(Configuration, LeavesTheDefaultsOfWhatItDoesNotName) {
  const ClientOptions options = accepted(with_profile("")).options;
  EXPECT_EQ(options.base_url, "");
  EXPECT_FALSE(options.allow_http);
  EXPECT_FALSE(options.timeouts.idle);
  EXPECT_EQ(options.retry.max_retries, RetryPolicy{}.max_retries);
  EXPECT_THAT(options.endpoints, IsEmpty());
}

TEST(Configuration, ChoosesTheProfileThatIsAskedForThenTheDefault) {
  const std::string text = R"("profiles":{"a":{"base_url":"A"},"b":{"base_url":"B"},"default":{"base_url":"D"}}})";
  EXPECT_EQ(accepted(R"({"default_profile":"a",)" + text, "b").options.base_url, "B");
  EXPECT_EQ(accepted(R"({"default_profile":"a",)" + text).options.base_url, "A");
  EXPECT_EQ(accepted("{" + text).options.base_url, "D");
}

TEST(Configuration, ListsTheProfilesWhenOneIsMissing) {
  const Error error = refused(R"({"profiles":{"home":{},"work":{}}})", "wrk");
  EXPECT_EQ(error.kind, ErrorKind::configuration);
  EXPECT_THAT(error.message, HasSubstr("profiles.wrk"));
  EXPECT_THAT(error.detail, HasSubstr("home, work"));
  EXPECT_THAT(refused(R"({"profiles":{"home":{}}})").message, HasSubstr("profiles.default"));
  EXPECT_THAT(refused(R"({"default_profile":"x","profiles":{}})").message, HasSubstr("profiles.x"));
  EXPECT_THAT(refused("{}").detail, HasSubstr("no profiles"));
}

TEST(Configuration, KnowsWhetherAnyProfileHoldsCredentials) {
  EXPECT_FALSE(accepted(with_profile(R"("base_url":"https://x")")).holds_credentials);
  EXPECT_FALSE(accepted(with_profile(R"("access_key_id":"","access_key_secret":"")")).holds_credentials);
  EXPECT_TRUE(accepted(with_profile(R"("access_key_id":"i")")).holds_credentials);
  EXPECT_TRUE(accepted(with_profile(R"("access_key_secret":"s")")).holds_credentials);
  EXPECT_TRUE(accepted(R"({"profiles":{"default":{},"other":{"access_key_secret":"s"}}})").holds_credentials);
}

TEST(Configuration, NamesTheMemberWithAWrongType) {
  const std::vector<std::pair<const char*, const char*>> faults = {
      {R"("base_url":7)", "profiles.default.base_url: expected a string"},
      {R"("access_key_id":{})", "profiles.default.access_key_id: expected a string"},
      {R"("access_key_secret":null)", "profiles.default.access_key_secret: expected a string"},
      {R"("allow_http":"yes")", "profiles.default.allow_http: expected true or false"},
      {R"("timeouts":5)", "profiles.default.timeouts: expected an object"},
      {R"("timeouts":{"idle_ms":"5s"})", "profiles.default.timeouts.idle_ms: expected a whole number"},
      {R"("timeouts":{"idle_ms":-1})", "profiles.default.timeouts.idle_ms: expected a whole number"},
      {R"("timeouts":{"connect_ms":1.5})", "profiles.default.timeouts.connect_ms: expected a whole number"},
      {R"("timeouts":{"total_ms":31622400001})", "profiles.default.timeouts.total_ms: expected a whole number"},
      {R"("timeouts":{"total_ms":18446744073709551615})",
       "profiles.default.timeouts.total_ms: expected a whole number"},
      {R"("max_retries":-1)", "profiles.default.max_retries: expected a whole number"},
      {R"("max_retries":101)", "profiles.default.max_retries: expected a whole number"},
      {R"("max_retries":true)", "profiles.default.max_retries: expected a whole number"},
      {R"("endpoints":[])", "profiles.default.endpoints: expected an object"},
      {R"("endpoints":{"gpt-4o":"/x"})", "profiles.default.endpoints.gpt-4o: expected an object"},
      {R"("endpoints":{"gpt-4o":{"path":"x"}})", "profiles.default.endpoints.gpt-4o.path: expected a path"},
      {R"("endpoints":{"gpt-4o":{"path":7}})", "profiles.default.endpoints.gpt-4o.path: expected a path"},
      {R"("endpoints":{"gpt-4o":{"wire_form":"soap"}})",
       "profiles.default.endpoints.gpt-4o.wire_form: expected messages"},
      {R"("endpoints":{"gpt-4o":{"wire_form":1}})", "profiles.default.endpoints.gpt-4o.wire_form: expected messages"}};
  for (const auto& [members, message] : faults) {
    const Error error = refused(with_profile(members));
    EXPECT_EQ(error.kind, ErrorKind::configuration) << members;
    EXPECT_THAT(error.message, StartsWith(message)) << members;
  }
  EXPECT_THAT(refused("[]").message, HasSubstr("expected an object"));
  EXPECT_THAT(refused(R"({"default_profile":1})").message, StartsWith("default_profile: expected a string"));
  EXPECT_THAT(refused(R"({"profiles":[]})").message, StartsWith("profiles: expected an object"));
  EXPECT_THAT(refused(R"({"profiles":{"a":7}})").message, StartsWith("profiles.a: expected an object"));
}

TEST(Configuration, RefusesUnknownMembersAndListsTheKnownOnes) {
  const Error member = refused(with_profile(R"("acess_key_id":"x")"));
  EXPECT_THAT(member.message, StartsWith("profiles.default.acess_key_id: no such member"));
  EXPECT_THAT(member.detail, HasSubstr("access_key_id"));
  EXPECT_THAT(refused(R"({"profile":{}})").message, StartsWith("profile: no such member"));
  EXPECT_THAT(refused(with_profile(R"("timeouts":{"idle":1})")).message,
              StartsWith("profiles.default.timeouts.idle: no such member"));
  const Error endpoint = refused(with_profile(R"("endpoints":{"gpt-5":{}})"));
  EXPECT_THAT(endpoint.message, StartsWith("profiles.default.endpoints.gpt-5: no such endpoint"));
  EXPECT_THAT(endpoint.detail, HasSubstr("claude-v3.5-sonnet"));
}

TEST(Configuration, ChecksProfilesThatAreNotChosenToo) {
  EXPECT_THAT(refused(R"({"profiles":{"default":{},"other":{"max_retries":"x"}}})").message,
              StartsWith("profiles.other.max_retries"));
}

TEST(Configuration, SaysWhereTheTextIsNoJson) {
  EXPECT_THAT(refused("{\n  \"profiles\": {,}\n}").message, HasSubstr("line 2, column 16"));
  EXPECT_THAT(refused("").message, HasSubstr("line 1, column 1"));
  EXPECT_EQ(refused("{} {}").kind, ErrorKind::configuration);
  EXPECT_EQ(refused("{\"profiles\":{\"\xff\":{}}}").kind, ErrorKind::configuration);
  EXPECT_EQ(refused(R"({"profiles":1e999})").kind, ErrorKind::configuration);
  EXPECT_EQ(refused(std::string(100'000, '[')).kind, ErrorKind::configuration);
  EXPECT_EQ(refused(std::string(100'000, '[') + std::string(100'000, ']')).kind, ErrorKind::configuration);
}

TEST(Configuration, NeverQuotesAValue) {
  for (const std::string& text :
       {with_profile(R"("access_key_secret":["canary"])"), with_profile(R"("access_key_secret":"canary)"),
        with_profile(R"("access_key_secret":"canary" "x")"), with_profile(R"("access_key_secret":canary)"),
        with_profile(R"("access_key_secret":"canary","max_retries":"canary")"),
        with_profile("\"access_key_secret\":\"canary\xff\""),
        with_profile(R"("endpoints":{"gpt-4o":{"path":"canary"}})")}) {
    const Error error = refused(text);
    EXPECT_EQ(error.kind, ErrorKind::configuration);
    EXPECT_THAT(error.message + error.detail, AllOf(Not(HasSubstr("canary")), Not(HasSubstr("accepted")))) << text;
  }
}

TEST(Configuration, MakesNamesPrintable) {
  EXPECT_THAT(refused(R"({"\u001b[2J":1})").message, Not(HasSubstr("\x1b")));
  EXPECT_LE(refused("{\"" + std::string(9000, 'x') + "\":1}").message.size(), 1024u);
}

}  // namespace
}  // namespace chatopen::codec
