#include <chatopen/options.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace chatopen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* two_profiles = R"({"default_profile": "home", "profiles": {
  "home": {"base_url": "https://home.example", "access_key_id": "home-id", "access_key_secret": "canary-secret"},
  "work": {"base_url": "https://work.example", "access_key_id": "work-id", "access_key_secret": "canary-secret"}}})";

class Environment : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : variables) unsetenv(name);
    std::string pattern = (fs::temp_directory_path() / "chatopen-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }

  void TearDown() override {
    for (const char* name : variables) unsetenv(name);
    fs::remove_all(directory_);
  }

  [[nodiscard]] std::string write(const std::string& text, fs::perms permissions = fs::perms(0600)) const {
    const fs::path path = directory_ / "config.json";
    std::ofstream(path) << text;
    fs::permissions(path, permissions);
    return path.string();
  }

  static Error error_of(const Result<ClientOptions>& result) {
    return result ? Error{.message = "was accepted"} : result.error();
  }

  static constexpr const char* variables[] = {"CHATOPEN_BASE_URL", "CHATOPEN_ACCESS_KEY_ID",
                                              "CHATOPEN_ACCESS_KEY_SECRET", "CHATOPEN_CONFIG", "CHATOPEN_PROFILE"};
  fs::path directory_;
};

TEST_F(Environment, GivesTheOptionsOfTheThreeVariables) {
  setenv("CHATOPEN_BASE_URL", "https://x.example", 1);
  setenv("CHATOPEN_ACCESS_KEY_ID", "id", 1);
  setenv("CHATOPEN_ACCESS_KEY_SECRET", "secret", 1);
  const Result<ClientOptions> options = ClientOptions::from_environment();
  ASSERT_TRUE(options);
  EXPECT_EQ(options->base_url, "https://x.example");
  EXPECT_EQ(options->credentials.access_key_id.reveal(), "id");
  EXPECT_EQ(options->credentials.access_key_secret.reveal(), "secret");
}

TEST_F(Environment, NamesTheVariablesThatAreMissing) {
  const auto message = [] { return error_of(ClientOptions::from_environment()).message; };
  EXPECT_EQ(error_of(ClientOptions::from_environment()).kind, ErrorKind::configuration);
  EXPECT_EQ(message(), "not set: CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID, CHATOPEN_ACCESS_KEY_SECRET");
  setenv("CHATOPEN_BASE_URL", "https://x.example", 1);
  setenv("CHATOPEN_ACCESS_KEY_SECRET", "", 1);
  EXPECT_EQ(message(), "not set: CHATOPEN_ACCESS_KEY_ID, CHATOPEN_ACCESS_KEY_SECRET");
  setenv("CHATOPEN_ACCESS_KEY_ID", "id", 1);
  EXPECT_EQ(message(), "not set: CHATOPEN_ACCESS_KEY_SECRET");
}

TEST_F(Environment, NamesTheFileWhoseProfileLacksThemToo) {
  const std::string path = write(R"({"profiles": {"default": {"base_url": "https://x.example"}}})");
  setenv("CHATOPEN_CONFIG", path.c_str(), 1);
  const Error error = error_of(ClientOptions::from_environment());
  EXPECT_EQ(error.message, "not set: CHATOPEN_ACCESS_KEY_ID, CHATOPEN_ACCESS_KEY_SECRET");
  EXPECT_THAT(error.detail, AllOf(HasSubstr(path), HasSubstr("CHATOPEN_PROFILE")));
}

TEST_F(Environment, SaysWhichVariableNamedAFileThatIsNotThere) {
  setenv("CHATOPEN_CONFIG", "/nonexistent.json", 1);
  EXPECT_EQ(error_of(ClientOptions::from_environment()).message, "CHATOPEN_CONFIG: cannot open '/nonexistent.json'");
}

TEST_F(Environment, ReadsTheConfigurationFileItNames) {
  setenv("CHATOPEN_CONFIG", write(two_profiles).c_str(), 1);
  const Result<ClientOptions> home = ClientOptions::from_environment();
  ASSERT_TRUE(home) << home.error().message;
  EXPECT_EQ(home->base_url, "https://home.example");
  setenv("CHATOPEN_PROFILE", "work", 1);
  const Result<ClientOptions> work = ClientOptions::from_environment();
  ASSERT_TRUE(work);
  EXPECT_EQ(work->base_url, "https://work.example");
  EXPECT_EQ(work->credentials.access_key_id.reveal(), "work-id");
}

TEST_F(Environment, LetsVariablesWinOverTheFile) {
  setenv("CHATOPEN_CONFIG", write(two_profiles).c_str(), 1);
  setenv("CHATOPEN_ACCESS_KEY_ID", "mine", 1);
  const Result<ClientOptions> options = ClientOptions::from_environment();
  ASSERT_TRUE(options);
  EXPECT_EQ(options->credentials.access_key_id.reveal(), "mine");
  EXPECT_EQ(options->base_url, "https://home.example");
}

TEST_F(Environment, RefusesAFileWithCredentialsThatOthersMayRead) {
  for (const int mode : {0640, 0604, 0644}) {
    const std::string path = write(two_profiles, static_cast<fs::perms>(mode));
    const Error error = error_of(ClientOptions::from_file(path));
    EXPECT_EQ(error.kind, ErrorKind::configuration);
    EXPECT_THAT(error.detail, HasSubstr("chmod 600 " + path));
  }
}

TEST_F(Environment, AcceptsAReadableFileWithoutCredentials) {
  const std::string path = write(R"({"profiles": {"default": {"base_url": "https://x.example"}}})", fs::perms(0644));
  const Result<ClientOptions> options = ClientOptions::from_file(path);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->base_url, "https://x.example");
}

TEST_F(Environment, SaysWhichFileIsNotThere) {
  const Error error = error_of(ClientOptions::from_file((directory_ / "none.json").string()));
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("none.json"));
}

TEST_F(Environment, RefusesADirectory) {
  EXPECT_EQ(error_of(ClientOptions::from_file(directory_.string())).kind, ErrorKind::configuration);
}

TEST_F(Environment, RefusesAFileThatCannotBeAConfiguration) {
  const Error error = error_of(ClientOptions::from_file(write(std::string(1024 * 1024 + 1, ' '))));
  EXPECT_EQ(error.kind, ErrorKind::configuration);
  EXPECT_THAT(error.message, HasSubstr("1 MiB"));
}

TEST_F(Environment, NamesTheFileOfAFaultAndRepeatsNoSecret) {
  const std::string path = write(R"({"profiles": {"default": {"access_key_secret": ["canary-secret"]}}})");
  const Error error = error_of(ClientOptions::from_file(path));
  EXPECT_EQ(error.kind, ErrorKind::configuration);
  EXPECT_THAT(error.message, AllOf(HasSubstr(path), Not(HasSubstr("canary"))));
  EXPECT_THAT(error.detail, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace chatopen
