#include "codec/multipart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace chatopen::codec {
namespace {

using testing::HasSubstr;

Error fault_in_name(std::string_view name) {
  Error fault;
  EXPECT_TRUE(refuses_file_name(name, fault)) << name;
  EXPECT_EQ(fault.kind, ErrorKind::invalid_argument);
  return fault;
}

TEST(Multipart, FramesOnePartNamedFile) {
  const FormFrame frame = frame_file("b0undary", "cat.png", "image/png");
  EXPECT_EQ(frame.content_type, "multipart/form-data; boundary=b0undary");
  EXPECT_EQ(frame.before,
            "--b0undary\r\n"
            "Content-Disposition: form-data; name=\"file\"; filename=\"cat.png\"\r\n"
            "Content-Type: image/png\r\n"
            "\r\n");
  EXPECT_EQ(frame.after, "\r\n--b0undary--\r\n");
}

// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
TEST(Multipart, EscapesAQuoteAsBrowsersDoAndNothingElse) {
  const FormFrame frame = frame_file("b", "a\"b %22 猫;'.png", "image/png");
  EXPECT_THAT(frame.before, HasSubstr("filename=\"a%22b %22 猫;'.png\"\r\n"));
}

TEST(Multipart, RefusesEveryControlCharacterInAName) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string name = std::string("a") + static_cast<char>(c) + "b.png";
    EXPECT_EQ(fault_in_name(name).message, "file_name has a control character") << c;
  }
  EXPECT_EQ(fault_in_name("a\x7f.png").message, "file_name has a control character");
  EXPECT_THAT(fault_in_name("a\r\nX-Evil: 1").detail, HasSubstr("line breaks"));
}

TEST(Multipart, RefusesNamesThatAreNone) {
  EXPECT_EQ(fault_in_name("a\xff.png").message, "file_name is not valid UTF-8");
  EXPECT_EQ(fault_in_name("dir/a.png").message, "file_name has a directory");
  EXPECT_EQ(fault_in_name("dir\\a.png").message, "file_name has a directory");
  for (const char* name : {"", ".", ".."}) EXPECT_EQ(fault_in_name(name).message, "file_name is no name of a file");
  Error fault;
  for (const char* name : {"a", "...", "a b.png", "猫.png", "\"", "a;b=c"}) {
    EXPECT_FALSE(refuses_file_name(name, fault)) << name;
  }
}

TEST(Multipart, RefusesWhatIsNoMediaType) {
  Error fault;
  for (const char* type : {"", "png", "/png", "image/", "image/png\r\nX: 1", "image/\x01", "image/p\xc3\xa9"}) {
    EXPECT_TRUE(refuses_media_type(type, fault)) << type;
    EXPECT_EQ(fault.kind, ErrorKind::invalid_argument);
    EXPECT_THAT(fault.message, HasSubstr("media_type"));
  }
  for (const char* type : {"image/png", "text/plain; charset=\"utf-8\"", "application/vnd.x+json"}) {
    EXPECT_FALSE(refuses_media_type(type, fault)) << type;
  }
}

TEST(Multipart, TakesTheLastPartOfAPath) {
  EXPECT_EQ(base_name("cat.png"), "cat.png");
  EXPECT_EQ(base_name("/home/me/cat.png"), "cat.png");
  EXPECT_EQ(base_name("C:\\me\\cat.png"), "cat.png");
  EXPECT_EQ(base_name("dir/"), "");
}

TEST(Multipart, DrawsABoundaryOf128BitsThatNeedsNoQuotes) {
  std::set<std::string> drawn;
  constexpr int draws = 100;
  for (int i = 0; i < draws; ++i) {
    const std::string boundary = random_boundary();
    EXPECT_EQ(boundary.size(), std::string("chatopen-").size() + 32);
    EXPECT_EQ(boundary.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
    drawn.insert(boundary);
  }
  EXPECT_EQ(drawn.size(), static_cast<std::size_t>(draws));
}

}  // namespace
}  // namespace chatopen::codec
