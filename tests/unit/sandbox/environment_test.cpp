#include <chatopen/sandbox/sandbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace chatopen {
namespace {

class EnvironmentOrSandbox : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* variable : {"CHATOPEN_BASE_URL", "CHATOPEN_ACCESS_KEY_ID", "CHATOPEN_ACCESS_KEY_SECRET",
                                 "CHATOPEN_CONFIG", "CHATOPEN_PROFILE"}) {
      unsetenv(variable);
    }
  }

  static std::string announcement(Result<ClientOptions>& options) {
    testing::internal::CaptureStderr();
    options = environment_or_sandbox();
    return testing::internal::GetCapturedStderr();
  }

  Result<ClientOptions> options_ = ClientOptions{};
};

TEST_F(EnvironmentOrSandbox, StartsOneSandboxAndSaysSo) {
  EXPECT_THAT(announcement(options_), testing::HasSubstr("CHATOPEN_BASE_URL is not set"));
  ASSERT_TRUE(options_);
  const std::string first = options_->base_url;
  EXPECT_THAT(first, testing::StartsWith("http://127.0.0.1:"));
  EXPECT_FALSE(options_->credentials.access_key_secret.empty());

  EXPECT_EQ(announcement(options_), "");
  EXPECT_EQ(options_->base_url, first);
}

TEST_F(EnvironmentOrSandbox, TakesTheEnvironmentFirst) {
  setenv("CHATOPEN_BASE_URL", "https://gateway.example", 1);
  setenv("CHATOPEN_ACCESS_KEY_ID", "id", 1);
  setenv("CHATOPEN_ACCESS_KEY_SECRET", "secret", 1);
  EXPECT_EQ(announcement(options_), "");
  ASSERT_TRUE(options_);
  EXPECT_EQ(options_->base_url, "https://gateway.example");
  EXPECT_EQ(options_->credentials.access_key_id.reveal(), "id");
}

TEST_F(EnvironmentOrSandbox, DoesNotHideAnEnvironmentThatIsIncomplete) {
  setenv("CHATOPEN_BASE_URL", "https://gateway.example", 1);
  EXPECT_EQ(announcement(options_), "");
  ASSERT_FALSE(options_);
  EXPECT_EQ(options_.error().kind, ErrorKind::configuration);
}

TEST_F(EnvironmentOrSandbox, DoesNotHideAConfigurationThatCannotBeRead) {
  setenv("CHATOPEN_CONFIG", "/nonexistent/chatopen.json", 1);
  EXPECT_EQ(announcement(options_), "");
  EXPECT_FALSE(options_);
}

}  // namespace
}  // namespace chatopen
