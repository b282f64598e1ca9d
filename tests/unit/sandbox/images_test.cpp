#include "../temporary_directory.hpp"

#include <chatopen/chatopen.hpp>
#include <chatopen/sandbox/sandbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SandboxImages : public testing::Test {
 protected:
  Result<ImageReply> order(const std::string& directives = {}) {
    CallOptions options{.retry = RetryPolicy::none()};
    if (!directives.empty()) options.headers.push_back({"X-Sandbox-Reply", directives});
    return client_.generate_image({.endpoint = endpoints::gpt_image_1(), .prompt = "a cat"}, options);
  }
  // The error of saving a picture that the directive makes.
  Error save_failure(const std::string& directive, SaveOptions how = {}) {
    const Result<ImageReply> made = order(directive);
    if (!made) return made.error();
    how.retry = RetryPolicy::none();
    const Result<SavedFile> saved = client_.save(made->images[0], directory_.path_of("cat.png"), how);
    EXPECT_TRUE(std::filesystem::is_empty(directory_.path_of("")));
    return saved ? Error{.kind = ErrorKind::cancelled, .message = "was saved"} : saved.error();
  }

  TemporaryDirectory directory_;
  Sandbox sandbox_ = Sandbox::start().value();
  ChatClient client_ = ChatClient::create(sandbox_.client_options()).value();
};

TEST_F(SandboxImages, AcceptsEverythingThatAnOrderCanHold) {
  const ImageRequest request{
      .endpoint = endpoints::gpt_image_1(),
      .prompt = "a cat",
      .aspect_ratio = "16:9",
      .resolution = "2K",
      .output_format = "jpeg",
      .enable_search = true,
      .references = {image_url("https://a.example/b.jpg"), image_bytes(std::string("GIF89a")).value()},
      .extra = R"({"style":"oil"})"};
  const Result<ImageReply> made = client_.generate_image(request);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->images.at(0).width, 2048);
  EXPECT_EQ(made->images.at(0).height, 1152);
  EXPECT_THAT(made->raw, HasSubstr("with the picture https://a.example/b.jpg and the picture image/gif, 6 bytes"));
  const Result<SavedFile> saved = client_.save(made->images[0], directory_.path_of("cat.jpg"));
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->media_type, "image/jpeg");
}

TEST_F(SandboxImages, ComeFromAnotherPort) {
  const Result<ImageReply> made = order("pictures=2");
  ASSERT_TRUE(made) << made.error();
  ASSERT_EQ(made->images.size(), 2U);
  for (const GeneratedImage& image : made->images) {
    EXPECT_THAT(image.url, StartsWith("http://127.0.0.1:"));
    EXPECT_THAT(image.url, Not(StartsWith(sandbox_.base_url() + "/")));
    const Result<SavedFile> saved = client_.save(image, directory_.path_of("cat.png"));
    ASSERT_TRUE(saved) << saved.error();
    EXPECT_EQ(saved->media_type, "image/png");
    EXPECT_EQ(saved->bytes, std::filesystem::file_size(saved->path));
  }
}

TEST_F(SandboxImages, ComeInTheReply) {
  const Result<ImageReply> made = order("picture=data-url");
  ASSERT_TRUE(made) << made.error();
  const Result<SavedFile> saved = client_.save(made->images[0], directory_.path_of("cat.png"));
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->media_type, "image/png");
}

TEST_F(SandboxImages, HaveFaultsOnDemand) {
  EXPECT_EQ(save_failure("picture=html").kind, ErrorKind::protocol);
  EXPECT_THAT(save_failure("picture=html").detail, HasSubstr("the server calls it text/html"));
  EXPECT_EQ(save_failure("picture=empty").kind, ErrorKind::protocol);
  EXPECT_EQ(save_failure("picture=missing").kind, ErrorKind::not_found);
  EXPECT_EQ(save_failure("picture=redirect").kind, ErrorKind::redirect_refused);
  EXPECT_EQ(save_failure("picture=cut").kind, ErrorKind::truncated);
  EXPECT_EQ(save_failure("picture=plain", {.max_bytes = 1000}).kind, ErrorKind::too_large);
  EXPECT_EQ(save_failure("picture=slow", {.timeouts = {.total = std::chrono::milliseconds(200)}}).kind,
            ErrorKind::timeout);
  EXPECT_EQ(save_failure("pictures=0").kind, ErrorKind::protocol);
  EXPECT_EQ(save_failure("status=429").kind, ErrorKind::rate_limited);
}

TEST_F(SandboxImages, ComeTwentyAtOnce) {
  std::vector<ImageRequest> requests;
  for (int i = 0; i < 20; ++i) {
    requests.push_back({.endpoint = endpoints::gpt_image_1(), .prompt = "cat " + std::to_string(i)});
  }
  std::size_t finished = 0;
  const auto results = client_.generate_images(
      requests, [&](const ImageProgress& progress) { finished = progress.finished; }, {.max_concurrent = 8});
  EXPECT_EQ(finished, 20U);
  std::vector<Pending<SavedFile>> saving;
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_TRUE(results[i]) << results[i].error();
    EXPECT_THAT(results[i]->raw, HasSubstr("cat " + std::to_string(i) + "\\\""));
    saving.push_back(client_.save_async(results[i]->images[0], directory_.path_of(std::to_string(i) + ".png")));
  }
  for (auto& pending : saving) {
    const Result<SavedFile> saved = std::move(pending).get();
    EXPECT_TRUE(saved) << saved.error();
  }
  finished = 0;
  const auto later =
      client_
          .generate_images_async(requests, [&](const ImageProgress& progress) { finished = progress.finished; },
                                 {.max_concurrent = 8})
          .get()
          .value();
  EXPECT_EQ(finished, 20U);
  for (std::size_t i = 0; i < later.size(); ++i) {
    ASSERT_TRUE(later[i]) << later[i].error();
    EXPECT_THAT(later[i]->raw, HasSubstr("cat " + std::to_string(i) + "\\\""));
  }
}

}  // namespace
}  // namespace chatopen
