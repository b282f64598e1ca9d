#include "codec/image_reply.hpp"

#include "decode_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::codec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string with_list(const std::string& list) {
  return R"({"code":"200","msg":"ok","data":{"imageList":)" + list + "}}";
}

ImageReply made(std::string body) {
  Result<ImageReply> reply = decode_image(200, std::move(body), redactor());
  if (reply) return *std::move(reply);
  ADD_FAILURE() << reply.error().message;
  return {.images = std::vector<GeneratedImage>(9)};
}

Error refused_image(std::string body) {
  const Result<ImageReply> reply = decode_image(200, std::move(body), redactor());
  return reply ? Error{.kind = ErrorKind::cancelled, .message = "was accepted"} : reply.error();
}

TEST(ImageReplyBody, HasThePicturesInOrder) {
  const std::string body = with_list(R"([{"url":"https://cdn.example/a.png?sig=%2B","width":1024,"height":768},)"
                                     R"({"url":"data:image/png;base64,AA==","width":1,"height":2}])");
  const ImageReply reply = made(body);
  ASSERT_EQ(reply.images.size(), 2U);
  EXPECT_EQ(reply.images[0].url, "https://cdn.example/a.png?sig=%2B");
  EXPECT_EQ(reply.images[0].width, 1024);
  EXPECT_EQ(reply.images[0].height, 768);
  EXPECT_EQ(reply.images[1].url, "data:image/png;base64,AA==");
  EXPECT_EQ(reply.images[1].height, 2);
  EXPECT_EQ(reply.raw, body);
}

TEST(ImageReplyBody, ToleratesNumbersAsStringsAndUnknownMembers) {
  const ImageReply reply = made(
      R"({"data":{"seed":7,"imageList":[{"new":[1,{}],"url":"HTTP://a.example/b","width":"640","height":4.8e2}]},"x":0})");
  EXPECT_EQ(reply.images[0].width, 640);
  EXPECT_EQ(reply.images[0].height, 480);
  for (const char* const size : {"null", "-3", "\"wide\"", "1.5", "[]"}) {
    EXPECT_EQ(made(with_list(std::string(R"([{"url":"https://a.example/b","width":)") + size + "}]")).images[0].width,
              0)
        << size;
  }
}

TEST(ImageReplyBody, NamesWhatIsMissing) {
  const std::pair<const char*, const char*> all[] = {
      {R"({"code":"200","data":{}})", "data.imageList is missing"},
      {R"({"code":"200","data":null})", "data.imageList is missing"},
      {R"([1])", "data.imageList is missing"},
      {R"({"data":{"imageList":{}}})", "data.imageList is not a list"},
      {R"({"data":{"imageList":[]}})", "data.imageList is empty"},
      {R"({"data":{"imageList":["https://a.example/b"]}})", "data.imageList[0] is not an object"},
      {R"({"data":{"imageList":[{"url":"https://a.example/b"},{"width":1}]}})", "data.imageList[1].url is missing"},
      {R"({"data":{"imageList":[{"url":null}]}})", "data.imageList[0].url is missing"},
      {R"({"data":{"imageList":[{"url":7}]}})", "data.imageList[0].url is not a string"},
      {R"({"data":{"imageList":[{"url":""}]}})", "data.imageList[0].url is no http, https or data URL"},
      {R"({"data":{"imageList":[{"url":"file:///etc/passwd"}]}})", "data.imageList[0].url is no http"},
      {R"({"data":{"imageList":[{"url":"/a.png"}]}})", "data.imageList[0].url is no http"},
      {R"({"data":{"imageList":[{"url":"https://a.example/\n"}]}})", "data.imageList[0].url is no http"},
  };
  for (const auto& [body, message] : all) {
    const Error error = refused_image(body);
    EXPECT_EQ(error.kind, ErrorKind::protocol) << body;
    EXPECT_EQ(error.http_status, 200);
    EXPECT_THAT(error.message, HasSubstr(message));
    EXPECT_FALSE(error.body_snippet.empty());
  }
}

TEST(ImageReplyBody, KeepsWhyThereIsNone) {
  const Error error = refused_image(
      R"({"code":"200","data":{"imageList":[],"errorMessage":"the prompt of canary-id is not allowed"}})");
  EXPECT_EQ(error.detail, "the prompt of [redacted] is not allowed");
  EXPECT_THAT(error.body_snippet, Not(HasSubstr("canary-id")));
}

TEST(ImageReplyBody, CarriesErrors) {
  const Error error = refused_image(R"({"code":"1001","msg":"no","data":{"errorMessage":"quota","imageList":[]}})");
  EXPECT_EQ(error.kind, ErrorKind::api);
  EXPECT_EQ(error.code, "1001");
  EXPECT_EQ(error.detail, "quota");
  EXPECT_EQ(refused_image(R"({"code":"429","msg":"later"})").kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused_image("<html>").kind, ErrorKind::protocol);
  EXPECT_EQ(refused_image("").kind, ErrorKind::protocol);
}

}  // namespace
}  // namespace chatopen::codec
