#include "codec/image_request.hpp"

#include "../temporary_directory.hpp"
#include "codec/base64.hpp"
#include "picture_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::codec {
namespace {

using ::testing::HasSubstr;

std::string encoded(const ImageRequest& request) {
  Result<std::string> body = encode_image(request, WireForm::image);
  if (!body) {
    ADD_FAILURE() << body.error().message;
    return {};
  }
  std::string of_final_size;
  of_final_size.reserve(body->size());
  EXPECT_EQ(body->capacity(), of_final_size.capacity());
  return *std::move(body);
}

Error refusal(const ImageRequest& request, WireForm form = WireForm::image) {
  const Result<std::string> body = encode_image(request, form);
  return body ? Error{.kind = ErrorKind::api, .message = "was encoded: " + *body} : body.error();
}

std::string data_url(const std::string& media_type, std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '?');
  base64_encode(bytes, text.data());
  return "data:" + media_type + ";base64," + text;
}

TEST(ImageRequestBody, HasThePromptAndNothingThatIsNotSet) {
  EXPECT_EQ(encoded({.prompt = "a \"cat\"\n\xf0\x9f\x90\x88"}), "{\"prompt\":\"a \\\"cat\\\"\\n\xf0\x9f\x90\x88\"}");
}

TEST(ImageRequestBody, HasEverySettingAsObserved) {
  EXPECT_EQ(encoded({.prompt = "a cat",
                     .aspect_ratio = "9:16",
                     .resolution = "1K",
                     .output_format = "png",
                     .enable_search = false,
                     .references = {image_url("https://example.com/a.jpg"), image_url("data:image/png;base64,AA==")},
                     .extra = R"( {"style": "oil", "n":1.50} )"}),
            R"({"prompt":"a cat","aspectRatio":"9:16","resolution":"1K","outputFormat":"png",)"
            R"("enableGoogleSearch":false,"imageUrlList":["https://example.com/a.jpg","data:image/png;base64,AA=="],)"
            R"("style": "oil", "n":1.50})");
  EXPECT_EQ(encoded({.prompt = "a", .enable_search = true}), R"({"prompt":"a","enableGoogleSearch":true})");
  EXPECT_EQ(encoded({.prompt = "a", .extra = "{ }"}), R"({"prompt":"a"})");
}

TEST(ImageRequestBody, HasLocalReferencesAsDataUrls) {
  const TemporaryDirectory directory;
  const std::string png = picture_of(png_magic, 1000);
  const std::string jpeg = picture_of(jpeg_magic, 50'001);
  EXPECT_EQ(encoded({.prompt = "a",
                     .references = {image_bytes(png).value(), image_file(directory.write("cat.jpg", jpeg)).value()}}),
            R"({"prompt":"a","imageUrlList":[")" + data_url("image/png", png) + R"(",")" +
                data_url("image/jpeg", jpeg) + R"("]})");
}

TEST(ImageRequestBody, RefusesAReferenceThatHasChanged) {
  const TemporaryDirectory directory;
  const ImagePart file = image_file(directory.write("cat.png", picture_of(png_magic, 100))).value();
  directory.write("cat.png", picture_of(png_magic, 99));
  const Error error = refusal({.prompt = "a", .references = {file}});
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("changed its size"));
}

struct Wrong {
  ImageRequest request;
  const char* message;
};

TEST(ImageRequestBody, NamesTheFieldThatIsWrong) {
  const std::string broken = "a\xff";
  const Wrong all[] = {
      {{}, "prompt is empty"},
      {{.prompt = broken}, "prompt is not valid UTF-8"},
      {{.prompt = "a", .aspect_ratio = broken}, "aspect_ratio is not valid UTF-8"},
      {{.prompt = "a", .resolution = broken}, "resolution is not valid UTF-8"},
      {{.prompt = "a", .output_format = broken}, "output_format is not valid UTF-8"},
      {{.prompt = "a", .references = {image_url("https://a.example/b"), image_url("cat.jpg")}},
       "references[1] is no http, https or data URL"},
      {{.prompt = "a", .references = {image_url("https://a.example/\n")}}, "references[0] has a control character"},
      {{.prompt = "a", .extra = "[]"}, "extra is not a JSON object"},
      {{.prompt = "a", .extra = R"({"prompt":"b"})"},
       R"(extra has the member "prompt", which the request sets itself)"},
      {{.prompt = "a", .aspect_ratio = "1:1", .extra = R"({"aspectRatio":"1:2"})"},
       R"(extra has the member "aspectRatio")"},
      {{.prompt = "a", .enable_search = true, .extra = R"({"enableGoogleSearch":true})"}, "enableGoogleSearch"},
      {{.prompt = "a", .references = {image_url("https://a.example/b")}, .extra = R"({"imageUrlList":[]})"},
       "imageUrlList"},
      {{.prompt = "a", .extra = R"({"x":1,"x":2})"}, R"(extra has the member "x" twice)"},
  };
  for (const Wrong& wrong : all) {
    const Error error = refusal(wrong.request);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << wrong.message;
    EXPECT_THAT(error.message, HasSubstr(wrong.message));
  }
}

TEST(ImageRequestBody, LeavesToTheCallerWhatItDoesNotSet) {
  EXPECT_EQ(encoded({.prompt = "a", .extra = R"({"aspectRatio":"7:1"})"}), R"({"prompt":"a","aspectRatio":"7:1"})");
}

TEST(ImageRequestBody, IsOfTheImageFormOnly) {
  for (const WireForm form : {WireForm::messages, WireForm::prompt, WireForm::upload}) {
    const Error error = refusal({.prompt = "a"}, form);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("'" + std::string(to_string(form)) + "' makes no pictures"));
    EXPECT_THAT(error.detail, HasSubstr("gpt_image_1"));
  }
}

}  // namespace
}  // namespace chatopen::codec
