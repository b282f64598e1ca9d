#include "../temporary_directory.hpp"
#include "picture_bytes.hpp"

#include <chatopen/content.hpp>

#include <gmock/gmock.h>

#include <filesystem>

namespace chatopen {
namespace {

using ::testing::HasSubstr;

Error error_of(const Result<ImagePart>& picture) {
  return picture ? Error{.message = "was accepted"} : picture.error();
}

TEST(Image, KnowsTheFormatsByTheirFirstBytes) {
  const std::pair<std::string, const char*> formats[] = {
      {std::string(png_magic), "image/png"},
      {std::string(jpeg_magic), "image/jpeg"},
      {"GIF87a", "image/gif"},
      {"GIF89a", "image/gif"},
      {"RIFF\x10\x20\x30\x40WEBPVP8 ", "image/webp"},
      {"BM", "image/bmp"},
  };
  for (const auto& [bytes, media_type] : formats) {
    const Result<ImagePart> picture = image_bytes(bytes);
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(picture->media_type(), media_type);
  }
}

TEST(Image, RefusesUnknownFormats) {
  const std::string others[] = {
      "<svg/>", "GIF88a", "RIFF\x10\x20\x30\x40WAVE", "RIFF\x10\x20\x30", "\x89PNG\n", "\xff\xd8", "%PDF-1.7", "B"};
  for (const std::string& bytes : others) {
    const Error error = error_of(image_bytes(bytes));
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << bytes;
    EXPECT_THAT(error.message, HasSubstr("no known picture format")) << bytes;
  }
}

TEST(Image, SharesTheBytesItIsGiven) {
  const auto bytes = std::make_shared<const std::string>(picture_of(png_magic, 100));
  const Result<ImagePart> picture = image_bytes(bytes);
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->source(), ImagePart::Source::bytes);
  EXPECT_EQ(picture->bytes(), bytes);
  EXPECT_EQ(picture->size(), 100u);
  EXPECT_EQ(picture->location(), "");
}

TEST(Image, TakesOverTheBytesOfAString) {
  std::string bytes = picture_of(png_magic, 100);
  const char* const data = bytes.data();
  const Result<ImagePart> picture = image_bytes(std::move(bytes));
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->bytes()->data(), data);
}

TEST(Image, RefusesNullEmptyAndOversizedBytes) {
  EXPECT_EQ(error_of(image_bytes(std::shared_ptr<const std::string>())).kind, ErrorKind::invalid_argument);
  EXPECT_THAT(error_of(image_bytes("")).message, HasSubstr("empty"));

  const std::string bytes = picture_of(png_magic, 100);
  EXPECT_TRUE(image_bytes(bytes, 100));
  const Error error = error_of(image_bytes(bytes, 99));
  EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
  EXPECT_THAT(error.message, HasSubstr("100 bytes, more than the limit of 99"));
}

TEST(Image, ChecksAFileButKeepsOnlyItsPath) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("cat.jpg", picture_of(jpeg_magic, 1000));
  const Result<ImagePart> picture = image_file(path);
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->source(), ImagePart::Source::file);
  EXPECT_EQ(picture->location(), path);
  EXPECT_EQ(picture->media_type(), "image/jpeg");
  EXPECT_EQ(picture->size(), 1000u);
  EXPECT_EQ(picture->bytes(), nullptr);
}

TEST(Image, RefusesFilesThatAreNoPictures) {
  const TemporaryDirectory directory;
  EXPECT_EQ(error_of(image_file(directory.path_of("absent.png"))).kind, ErrorKind::io);
  EXPECT_EQ(error_of(image_file(directory.path_of(""))).kind, ErrorKind::invalid_argument);
  EXPECT_THAT(error_of(image_file(directory.write("empty.png", ""))).message, HasSubstr("empty"));

  const std::string path = directory.write("cat.png", "not a picture");
  const Error unknown = error_of(image_file(path));
  EXPECT_EQ(unknown.kind, ErrorKind::invalid_argument);
  EXPECT_THAT(unknown.message, HasSubstr("'" + path + "' is no known picture format"));
}

TEST(Image, HoldsFilesToTheLimit) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("cat.png", picture_of(png_magic, 100));
  EXPECT_TRUE(image_file(path, 100));
  EXPECT_THAT(error_of(image_file(path, 99)).message, HasSubstr("more than the limit of 99"));
  // Unless the caller names another limit, it is 20 MiB; the file is sparse.
  std::filesystem::resize_file(path, default_max_image_bytes);
  EXPECT_TRUE(image_file(path));
  std::filesystem::resize_file(path, default_max_image_bytes + 1);
  EXPECT_EQ(error_of(image_file(path)).kind, ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace chatopen
