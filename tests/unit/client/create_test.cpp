#include "client_fixture.hpp"

#include <gmock/gmock.h>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CreateClient : public ClientOverMock {
 protected:
  static Error refused(ClientOptions with) {
    const Result<ChatClient> made = ChatClient::create(std::move(with));
    return made ? Error{.message = "was accepted"} : made.error();
  }
};

TEST_F(CreateClient, NeedsABaseUrl) {
  ClientOptions with = options();
  with.base_url.clear();
  EXPECT_EQ(refused(with).kind, ErrorKind::configuration);
  EXPECT_THAT(refused(with).message, HasSubstr("base_url"));
}

TEST_F(CreateClient, NeedsBothCredentials) {
  ClientOptions with = options();
  with.credentials.access_key_id = "";
  EXPECT_EQ(refused(with).kind, ErrorKind::configuration);
  EXPECT_THAT(refused(with).message, HasSubstr("access_key_id is empty"));
  EXPECT_THAT(refused(with).detail, HasSubstr("CHATOPEN_ACCESS_KEY_ID"));
  with = options();
  with.credentials.access_key_secret = "";
  EXPECT_THAT(refused(with).message, HasSubstr("access_key_secret is empty"));
}

TEST_F(CreateClient, RefusesCredentialsThatBreakAHeaderAndDoesNotRepeatThem) {
  for (const std::string value : {"canary\r\nX: y", "canary key", "canary\tkey", "canary\x7f", "canaryü"}) {
    ClientOptions with = options();
    with.credentials.access_key_secret = value;
    const Error error = refused(with);
    EXPECT_EQ(error.kind, ErrorKind::configuration);
    EXPECT_THAT(error.message, AllOf(HasSubstr("access_key_secret"), Not(HasSubstr("canary"))));
    EXPECT_THAT(error.detail, Not(HasSubstr("canary")));
  }
}

TEST_F(CreateClient, RefusesNegativeDurationsAndCounts) {
  ClientOptions with = options();
  with.timeouts.idle = -1ms;
  EXPECT_EQ(refused(with).kind, ErrorKind::invalid_argument);
  EXPECT_THAT(refused(with).message, HasSubstr("timeouts.idle"));
  with = options();
  with.retry.max_retries = -1;
  EXPECT_THAT(refused(with).message, HasSubstr("retry.max_retries"));
  with = options();
  with.retry.max_backoff = -1ms;
  EXPECT_EQ(refused(with).kind, ErrorKind::invalid_argument);
  with = options();
  with.limits.max_reply_bytes = 0;
  EXPECT_EQ(refused(with).kind, ErrorKind::invalid_argument);
}

TEST_F(CreateClient, RefusesOverridesThatCannotBeUsed) {
  ClientOptions with = options();
  with.endpoints = {{.name = "gpt-5", .path = "/x"}};
  EXPECT_EQ(refused(with).kind, ErrorKind::configuration);
  EXPECT_THAT(refused(with).message, HasSubstr("gpt-5"));
  EXPECT_THAT(refused(with).detail, HasSubstr("gpt-4o-multimodal"));
  with.endpoints = {{.name = "gpt-4o", .path = "no-slash"}};
  EXPECT_THAT(refused(with).message, AllOf(HasSubstr("gpt-4o"), HasSubstr("does not start with '/'")));
  with.endpoints = {{.name = "role-play", .path = "/x/../{model}"}};
  EXPECT_EQ(refused(with).kind, ErrorKind::configuration);
}

TEST_F(CreateClient, AcceptsAnOverrideOfAGeneralEndpoint) {
  ClientOptions with = options();
  with.endpoints = {{.name = "role-play", .path = "/rp/{model}"}};
  EXPECT_TRUE(ChatClient::create(with));
}

TEST_F(CreateClient, MakesItsOwnTransportWhenNoneIsGiven) {
  ClientOptions with = options();
  with.transport = nullptr;
  EXPECT_TRUE(ChatClient::create(with));
}

}  // namespace
}  // namespace chatopen
