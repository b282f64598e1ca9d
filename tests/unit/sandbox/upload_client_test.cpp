#include "sandbox_caller.hpp"

#include <chatopen/chatopen.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace chatopen::sandbox {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

UploadRequest file(std::string name = "猫 \"1\".png") {
  return {.bytes = std::make_shared<const std::string>("\x89PNG\r\n\x1a\n--chatopen-\r\n"),
          .file_name = std::move(name)};
}

CallOptions asking_for(const std::string& directives) {
  return {.retry = RetryPolicy::none(), .headers = {{"X-Sandbox-Reply", directives}}};
}

TEST(SandboxUpload, TakesWhatTheClientSends) {
  const Sandbox sandbox = Sandbox::start().value();
  const ChatClient client = ChatClient::create(sandbox.client_options()).value();
  for (const char* shape : {"url", "data.url", "fileUrl", "data.fileUrl"}) {
    const std::string directives = std::string("shape=") + shape + "; request-id=r7";
    const Result<UploadedFile> uploaded = client.upload(file(), asking_for(directives));
    ASSERT_TRUE(uploaded) << uploaded.error();
    EXPECT_THAT(uploaded->url, EndsWith("/%e7%8c%ab%20%25221%2522.png")) << shape;
    EXPECT_EQ(uploaded->request_id, "r7");
    const Result<UploadedFile> later = client.upload_async(file(), asking_for(directives)).get();
    ASSERT_TRUE(later) << later.error();
    EXPECT_EQ(later->url, uploaded->url);
  }
}

TEST(SandboxUpload, RefusesOnDemandAndBySize) {
  SandboxOptions options;
  options.max_upload_bytes = 10;
  const Sandbox sandbox = Sandbox::start(options).value();
  const ChatClient client = ChatClient::create(sandbox.client_options()).value();
  const Result<UploadedFile> large = client.upload(file());
  EXPECT_EQ(large.error().http_status, 413);
  EXPECT_THAT(large.error().message, HasSubstr("at most 10 are taken"));
  const UploadRequest small{.bytes = std::make_shared<const std::string>("a")};
  EXPECT_EQ(client.upload(small, asking_for("envelope=1001")).error().code, "1001");
  EXPECT_EQ(client.upload(small, asking_for("status=503")).error().kind, ErrorKind::server_error);
  EXPECT_EQ(client.upload(small, asking_for("shape=raw")).error().detail, "it has unknown");
  EXPECT_EQ(client.upload(small, asking_for("text=ftp%3A//a")).error().detail, "ftp://a");
  EXPECT_THAT(client.upload(small, asking_for("shape=truncated")).error().kind,
              ::testing::AnyOf(ErrorKind::protocol, ErrorKind::truncated));
  EXPECT_TRUE(client.upload(small));
  EXPECT_EQ(Sandbox::start({.max_upload_bytes = 0}).error().kind, ErrorKind::invalid_argument);
}

TEST(SandboxUpload, TakesTheFormsOfAnotherClient) {
  const Sandbox sandbox = Sandbox::start().value();
  httplib::Client other(sandbox.base_url());
  const Credentials credentials = sandbox.credentials();
  const httplib::Headers headers = {
      {"X-Request-Req-Accesskeyid", std::string(credentials.access_key_id.reveal())},
      {"X-Request-Req-Accesskeysecret", std::string(credentials.access_key_secret.reveal())}};
  const char* path = "/AIGCChatOpenServ/saas/file/upload";
  const httplib::MultipartFormDataItems one = {{"file", "abc", "a.txt", "text/plain"}};
  EXPECT_EQ(other.Post(path, headers, one)->status, 200);
  const httplib::MultipartFormDataItems two = {{"file", "abc", "a.txt", "text/plain"}, {"more", "d", "", ""}};
  EXPECT_THAT(other.Post(path, headers, two)->body, HasSubstr("more than one part"));
  const httplib::MultipartFormDataItems misnamed = {{"image", "abc", "a.txt", "text/plain"}};
  EXPECT_THAT(other.Post(path, headers, misnamed)->body, HasSubstr("named \\\"image\\\", not file"));
  EXPECT_EQ(other.Get(path)->status, 405);
}

}  // namespace
}  // namespace chatopen::sandbox
