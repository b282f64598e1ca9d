#include "refusal.hpp"
#include "sandbox/forms.hpp"
#include "sandbox/picture_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace chatopen::sandbox {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& body) {
  return refusal_of([&body] { return describe_image_form(parse_object(body)); });
}

TEST(ImageForm, SaysWhatItReceived) {
  EXPECT_EQ(describe_image_form(parse_object(R"({"prompt":"a cat"})")), R"(the prompt "a cat")");
  EXPECT_EQ(
      describe_image_form(parse_object(R"({"prompt":"a cat","aspectRatio":"9:16","enableGoogleSearch":false,"style":1,)"
                                       R"("imageUrlList":["https://a.example/b.png","data:image/bmp;base64,Qk0="]})")),
      R"(the prompt "a cat" (aspectRatio: "9:16", enableGoogleSearch: false, style: 1) with the picture )"
      R"(https://a.example/b.png and the picture image/bmp, 2 bytes)");
}

TEST(ImageForm, RefusesWhatBreaksIt) {
  const std::pair<const char*, const char*> all[] = {
      {"{}", "prompt is missing"},
      {R"({"prompt":""})", "prompt must not be empty"},
      {R"({"prompt":7})", "prompt must be a string"},
      {R"({"messages":[]})", "messages: this path takes the image form"},
      {R"({"issue":"a"})", "issue: this path takes the image form"},
      {R"({"prompt":"a","aspectRatio":"9x16"})", "aspectRatio \"9x16\" is not of the form 9:16"},
      {R"({"prompt":"a","aspectRatio":"0:1"})", "is not of the form"},
      {R"({"prompt":"a","aspectRatio":1})", "aspectRatio must be a string"},
      {R"({"prompt":"a","resolution":"3K"})", "expected 1K or 2K"},
      {R"({"prompt":"a","outputFormat":"jpg"})", "expected png or jpeg"},
      {R"({"prompt":"a","enableGoogleSearch":"false"})", "enableGoogleSearch must be true or false"},
      {R"({"prompt":"a","imageUrl":"https://a.example"})", "imageUrl: this form spells it imageUrlList"},
      {R"({"prompt":"a","imageUrlList":"https://a.example"})", "imageUrlList must be a list"},
      {R"({"prompt":"a","imageUrlList":[]})", "imageUrlList must not be empty"},
      {R"({"prompt":"a","imageUrlList":["https://a.example",{}]})", "imageUrlList[1] must be a string"},
      {R"({"prompt":"a","imageUrlList":["cat.png"]})", "imageUrlList[0] must be an http:"},
  };
  for (const auto& [body, message] : all) EXPECT_THAT(refusal(body), HasSubstr(message)) << body;
}

TEST(ImageForm, OrdersPicturesOfTheSizeThatWasAskedFor) {
  const auto size = [](const std::string& more) {
    const PictureOrder order = order_of(parse_object(R"({"prompt":"a")" + more + "}"));
    return std::pair(order.width, order.height);
  };
  EXPECT_EQ(size(""), std::pair(1024, 1024));
  EXPECT_EQ(size(R"(,"aspectRatio":"9:16")"), std::pair(576, 1024));
  EXPECT_EQ(size(R"(,"aspectRatio":"5:1","resolution":"2K")"), std::pair(2048, 409));
  EXPECT_TRUE(order_of(parse_object(R"({"prompt":"a","outputFormat":"jpeg"})")).jpeg);
  EXPECT_NE(order_of(parse_object(R"({"prompt":"a"})")).colour, order_of(parse_object(R"({"prompt":"b"})")).colour);
}

}  // namespace
}  // namespace chatopen::sandbox
