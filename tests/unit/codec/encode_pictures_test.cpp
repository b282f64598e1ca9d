#include "../allocation_count.hpp"
#include "../temporary_directory.hpp"
#include "codec/base64.hpp"
#include "encoded.hpp"
#include "picture_bytes.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace chatopen::codec {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string data_url(const std::string& media_type, std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '?');
  base64_encode(bytes, text.data());
  return "data:" + media_type + ";base64," + text;
}

ChatRequest about(ImagePart picture) {
  return {.messages = {Message::user({text("what is it?"), std::move(picture)})}};
}

std::string sent_url(const ChatRequest& request) {
  return encoded_json(request)["messages"][0]["content"][1]["imageUrl"]["url"];
}

TEST(EncodePictures, SendsBytesAsADataUrl) {
  const std::string bytes = picture_of(png_magic, 1000);
  EXPECT_EQ(sent_url(about(image_bytes(bytes).value())), data_url("image/png", bytes));
}

TEST(EncodePictures, SendsAFileAsADataUrlWhateverItsSize) {
  const TemporaryDirectory directory;
  // Around the sizes of the pieces in which a file is read, too.
  for (const std::size_t size : {8U, 9U, 10U, 4096U, 12287U, 12288U, 12289U, 24576U, 100000U}) {
    const std::string bytes = picture_of(jpeg_magic, size);
    const std::string path = directory.write("cat.jpg", bytes);
    EXPECT_EQ(sent_url(about(image_file(path).value())), data_url("image/jpeg", bytes)) << size;
  }
}

TEST(EncodePictures, SendsSeveralPicturesInOneBody) {
  const TemporaryDirectory directory;
  const std::string png = picture_of(png_magic, 50);
  const std::string jpeg = picture_of(jpeg_magic, 51);
  const ImagePart from_bytes = image_bytes(png).value();
  const ImagePart from_file = image_file(directory.write("a", jpeg)).value();
  const ChatRequest request{.messages = {Message::user({from_bytes, from_file}), Message::user({from_bytes})}};
  const nlohmann::json messages = encoded_json(request)["messages"];
  EXPECT_EQ(messages[0]["content"][0]["imageUrl"]["url"], data_url("image/png", png));
  EXPECT_EQ(messages[0]["content"][1]["imageUrl"]["url"], data_url("image/jpeg", jpeg));
  EXPECT_EQ(messages[1]["content"][0]["imageUrl"]["url"], data_url("image/png", png));
}

// The body is the only thing of a picture's size that is ever allocated.
TEST(EncodePictures, UseOneBufferOfTheFinalSize) {
  constexpr std::size_t size = 5'000'000;
  const TemporaryDirectory directory;
  const auto bytes = std::make_shared<const std::string>(picture_of(png_magic, size));
  const std::string path = directory.write("cat.png", *bytes);
  for (const ImagePart& picture : {image_bytes(bytes).value(), image_file(path).value()}) {
    const ChatRequest request = about(picture);
    const AllocationCount large(size / 100);
    const Result<std::string> body = encode_chat(request, WireForm::messages);
    EXPECT_EQ(large.count(), 1);
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ(body->capacity(), body->size());
    EXPECT_EQ(large.bytes(), body->size() + 1);
  }
}

TEST(EncodePictures, UseOneBufferForALongTextToo) {
  std::string long_text;
  for (int i = 0; i < 200'000; ++i) long_text += "\"quoted\"\n\x01";
  const ChatRequest request{.messages = {Message::user(std::move(long_text))}};
  const AllocationCount large(50'000);
  const Result<std::string> body = encode_chat(request, WireForm::messages);
  EXPECT_EQ(large.count(), 1);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->capacity(), body->size());
}

class ChangedFile : public ::testing::Test {
 protected:
  void expect_io_error(const std::string& what) {
    const Error error = refusal(about(picture_));
    EXPECT_EQ(error.kind, ErrorKind::io);
    EXPECT_THAT(error.message, HasSubstr(path_));
    EXPECT_THAT(error.message, HasSubstr(what));
    EXPECT_NE(error.detail, "");
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.write("cat.png", picture_of(png_magic, 30000));
  ImagePart picture_ = image_file(path_).value();
};

TEST_F(ChangedFile, IsAnErrorWhenItVanished) {
  fs::remove(path_);
  expect_io_error("cannot open");
}

TEST_F(ChangedFile, IsAnErrorAlsoWhenThePictureAfterItIsSound) {
  const ImagePart sound = image_bytes(picture_of(png_magic, 100)).value();
  fs::remove(path_);
  EXPECT_THAT(refusal({.messages = {Message::user({picture_, sound})}}).message, HasSubstr("cannot open '" + path_));
}

TEST_F(ChangedFile, IsAnErrorWhenItGrew) {
  fs::resize_file(path_, 30001);
  expect_io_error("changed its size");
}

TEST_F(ChangedFile, IsAnErrorWhenItShrank) {
  fs::resize_file(path_, 29999);
  expect_io_error("changed its size");
}

TEST_F(ChangedFile, IsAnErrorWhenItIsAnotherFormat) {
  directory_.write("cat.png", picture_of(jpeg_magic, 30000));
  expect_io_error("changed its format");
}

TEST_F(ChangedFile, IsAnErrorWhenItBecameADirectory) {
  fs::remove(path_);
  fs::create_directory(path_);
  expect_io_error("no regular file");
}

TEST_F(ChangedFile, MayHaveOtherBytesOfTheSameKind) {
  std::string other = picture_of(png_magic, 30000);
  other.back() = '!';
  directory_.write("cat.png", other);
  EXPECT_EQ(sent_url(about(picture_)), data_url("image/png", other));
}

}  // namespace
}  // namespace chatopen::codec
