#include "testing/comparable_body.hpp"

#include "testing/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chatopen::testing {
namespace {

std::string comparable(std::string_view body, std::string_view content_type = "application/json") {
  return to_line(comparable_body(body, content_type));
}

TEST(ComparableBody, KnowsItsForms) {
  EXPECT_EQ(comparable(""), "null");
  EXPECT_EQ(comparable("{ \"a\" : 1 }"), R"({"json":{"a":1}})");
  EXPECT_EQ(comparable("{\"a\":"), R"({"text":"{\"a\":"})");
  EXPECT_EQ(comparable("\xff\xfe"), R"({"base64":"//4="})");
  EXPECT_EQ(comparable(std::string(100000, '[')), "{\"text\":\"" + std::string(100000, '[') + "\"}");
}

std::string form(const std::string& boundary) {
  return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--" + boundary +
         "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
         "\x89PNG\r\n\r\n--" +
         boundary + "--\r\n";
}

TEST(ComparableBody, OfAFormIgnoresTheBoundary) {
  const std::string once = comparable(form("x"), "multipart/form-data; boundary=x");
  EXPECT_EQ(once, R"({"multipart":[{"name":"note","content":"hello"},)"
                  R"({"name":"file","filename":"a.png","content_type":"image/png","content":"[6 bytes, sha256 )" +
                      sha256("\x89PNG\r\n") + R"(]"}]})");
  EXPECT_EQ(comparable(form("y"), "Multipart/Form-Data; charset=utf-8; boundary=\"y\""), once);
}

TEST(ComparableBody, OfABrokenFormIsAsItCame) {
  const std::string whole = form("x");
  for (std::size_t size = 1; size + 4 < whole.size(); ++size) {
    EXPECT_FALSE(comparable_body(whole.substr(0, size), "multipart/form-data; boundary=x").contains("multipart"))
        << size;
  }
  EXPECT_EQ(comparable("--\r\n", "multipart/form-data"), R"({"text":"--\r\n"})");
}

TEST(Elision, ReplacesLongDataUrlsByTheDigestOfTheirBytes) {
  Json value = Json::parse(R"([{"url":"data:text/plain;base64,YWJj"},"data:,abc","https://x.example/data:,abc"])");
  Json unchanged = value;
  elide_data_urls(unchanged, 0);
  EXPECT_EQ(unchanged, value);
  elide_data_urls(unchanged, 100);
  EXPECT_EQ(unchanged, value);
  elide_data_urls(value, 5);
  const std::string digest = "[3 bytes, sha256 " + sha256("abc") + "]";
  EXPECT_EQ(value[0]["url"], "data:text/plain;base64," + digest);
  EXPECT_EQ(value[1], "data:," + digest);
  Json again = value;
  elide_data_urls(again, 5);
  EXPECT_EQ(again, value);
  EXPECT_EQ(value[2], "https://x.example/data:,abc");
}

}  // namespace
}  // namespace chatopen::testing
