#include "sandbox/picture_url.hpp"
#include "refusal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

std::string refusal(const std::string& url) {
  return refusal_of([&url] { return describe_picture(url, "url"); });
}

TEST(PictureUrl, IsRepeatedWhenItIsRemote) {
  EXPECT_EQ(describe_picture("https://example.com/a.jpg?x=1", "url"), "https://example.com/a.jpg?x=1");
  EXPECT_EQ(describe_picture("HTTP://example.com", "url"), "HTTP://example.com");
}

TEST(PictureUrl, CountsTheBytesOfEveryFormatAndPadding) {
  EXPECT_EQ(describe_picture("data:image/png;base64,iVBORw0KGgo=", "url"), "image/png, 8 bytes");
  EXPECT_EQ(describe_picture("data:image/jpeg;base64,/9j/", "url"), "image/jpeg, 3 bytes");
  EXPECT_EQ(describe_picture("data:image/gif;base64,R0lGODlhAQ==", "url"), "image/gif, 7 bytes");
  EXPECT_EQ(describe_picture("data:image/gif;base64,R0lGODdh", "url"), "image/gif, 6 bytes");
  EXPECT_EQ(describe_picture("data:image/webp;base64,UklGRgAAAABXRUJQ", "url"), "image/webp, 12 bytes");
  EXPECT_EQ(describe_picture("data:image/bmp;base64,Qk0A", "url"), "image/bmp, 3 bytes");
}

TEST(PictureUrl, RefusesOtherSchemes) {
  EXPECT_EQ(refusal("file:///etc/passwd"), "url must be an http:, https: or data: URL");
  EXPECT_EQ(refusal("https://"), "url must be an http:, https: or data: URL");
  EXPECT_EQ(refusal(""), "url must be an http:, https: or data: URL");
}

TEST(PictureUrl, RefusesWhatIsNoBase64) {
  EXPECT_EQ(refusal("data:image/png;base64,iVBORw0KGgo"),
            "url: the base64 text is not a multiple of 4 characters long");
  EXPECT_EQ(refusal("data:image/png;base64,iVBO-w0KGgo="), "url: not base64 at character 4 after the comma");
  EXPECT_EQ(refusal("data:image/png;base64,iVBO=w0KGgo="), "url: not base64 at character 4 after the comma");
  EXPECT_EQ(refusal("data:image/png;base64,===="), "url: not base64 at character 0 after the comma");
  EXPECT_EQ(refusal("data:image/png;base64,iVBORw0KGgp="), "url: the last base64 character has bits beyond the end");
}

TEST(PictureUrl, MayNameItsFormatInAnyCaseAndByItsOtherName) {
  EXPECT_EQ(refusal("data:image/PNG;base64,iVBORw0KGgo="), "");
  EXPECT_EQ(refusal("data:image/jpg;base64,/9j/4AAQ"), "");
}

TEST(PictureUrl, MayBeOfAFormatThatTheSandboxDoesNotKnow) {
  EXPECT_EQ(refusal("data:image/svg+xml;base64,PHN2Zy8+"), "");
  EXPECT_EQ(refusal("data:image/avif;base64,iVBORw0KGgo="),
            "url: the data: URL declares image/avif, but holds image/png");
}

TEST(PictureUrl, RefusesWhatIsNoPicture) {
  EXPECT_EQ(refusal("data:image/png"), "url: a data: URL needs a comma before its data");
  EXPECT_EQ(refusal("data:image/png,abcd"), "url: a data: URL must be base64 (data:image/…;base64,…)");
  EXPECT_EQ(refusal("data:text/plain;base64,iVBORw0KGgo="),
            "url: the data: URL declares text/plain, which is no picture");
  EXPECT_EQ(refusal("data:image/png;base64,"),
            "url: the data: URL declares image/png, but its data does not begin as that does");
  EXPECT_EQ(refusal("data:image/jpeg;base64,iVBORw0KGgo="),
            "url: the data: URL declares image/jpeg, but holds image/png");
}

}  // namespace
}  // namespace chatopen::sandbox
