#include "sandbox/json_body.hpp"
#include "sandbox/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Answer order(const std::string& directives = {}, const std::string& body = R"({"prompt":"a cat"})") {
  Incoming request{.method = "POST",
                   .target = "/AIGCChatOpenServ/saas/gpt-image-1/image/generation",
                   .headers = {{"X-Request-Req-Accesskeyid", "id"},
                               {"X-Request-Req-Accesskeysecret", "secret"},
                               {"Content-Type", "application/json"}},
                   .body = body};
  if (!directives.empty()) request.headers.push_back({"X-Sandbox-Reply", directives});
  return Service({"id", "secret"}, "http://pictures.example").serve(request);
}

Json data_of(const Answer& answer) {
  return parse_object(answer.body)["data"];
}

std::string message_of(const Answer& answer) {
  return parse_object(answer.body)["msg"];
}

TEST(PictureAnswer, SaysWhereThePictureIsAndWhatWasReceived) {
  const Json data = data_of(order({}, R"({"prompt":"a cat","aspectRatio":"9:16"})"));
  ASSERT_EQ(data["imageList"].size(), 1U);
  const Json& image = data["imageList"][0];
  EXPECT_THAT(image["url"].get<std::string>(), StartsWith("http://pictures.example/plain/576x1024/"));
  EXPECT_EQ(image["width"], 576);
  EXPECT_EQ(image["height"], 1024);
  EXPECT_EQ(data["received"], R"(gpt-image-1 received the prompt "a cat" (aspectRatio: "9:16"))");
}

TEST(PictureAnswer, HasAsManyAsWanted) {
  const Json list = data_of(order("pictures=3"))["imageList"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_NE(list[0]["url"], list[1]["url"]);
  EXPECT_EQ(data_of(order("pictures=0; shape=envelope-number"))["imageList"].size(), 0U);
}

TEST(PictureAnswer, MayHoldThePicture) {
  const std::string url = data_of(order("picture=data-url"))["imageList"][0]["url"];
  EXPECT_THAT(url, StartsWith("data:image/png;base64,iVBORw0KGgo"));
  const std::string jpeg =
      data_of(order("picture=data-url", R"({"prompt":"a","outputFormat":"jpeg"})"))["imageList"][0]["url"];
  EXPECT_THAT(jpeg, StartsWith("data:image/jpeg;base64,/9j/"));
}

TEST(PictureAnswer, MayLeadToAFault) {
  for (const std::string fault : {"html", "empty", "missing", "redirect", "cut", "slow"}) {
    const std::string url = data_of(order("picture=" + fault))["imageList"][0]["url"];
    EXPECT_THAT(url, StartsWith("http://pictures.example/" + fault + "/1024x1024/"));
  }
}

TEST(PictureAnswer, MayBeAnError) {
  const Answer busy = order("status=429; retry-after=2");
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(busy.headers.at(0).value, "2");
  EXPECT_EQ(parse_object(order("envelope=1001").body)["code"], "1001");
  EXPECT_FALSE(data_of(order("envelope=1001")).contains("imageList"));
  EXPECT_EQ(order("shape=html; status=502").content_type, "text/html");
}

TEST(PictureAnswer, RefusesDirectivesWithoutEffect) {
  EXPECT_THAT(message_of(order("text=hi")), HasSubstr("a picture says nothing"));
  EXPECT_THAT(message_of(order("shape=completion")), HasSubstr("pictures come in an envelope"));
  EXPECT_THAT(message_of(order("status=500; pictures=2")), HasSubstr("only where the reply has pictures"));
  EXPECT_THAT(message_of(order("shape=raw; picture=cut")), HasSubstr("only where the reply has pictures"));
  EXPECT_THAT(message_of(order("pictures=11")), HasSubstr("from 0 to 10"));
  EXPECT_THAT(message_of(order("picture=blue")), HasSubstr("expected one of plain, data-url"));
  EXPECT_THAT(message_of(order("events=2")), HasSubstr("events"));
}

}  // namespace
}  // namespace chatopen::sandbox
