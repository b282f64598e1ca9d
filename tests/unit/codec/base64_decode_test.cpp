#include "codec/base64_decode.hpp"

#include "codec/base64.hpp"
#include "codec/data_url.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace chatopen::codec {
namespace {

TEST(Base64Decode, UndoesTheEncoding) {
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 73 + size);
    std::string text(base64_size(size), '?');
    base64_encode(bytes, text.data());
    EXPECT_EQ(base64_decode(text), bytes) << size;
  }
}

// RFC 4648, section 10.
TEST(Base64Decode, KnowsTheExamplesOfTheStandard) {
  EXPECT_EQ(base64_decode(""), "");
  EXPECT_EQ(base64_decode("Zg=="), "f");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64_decode("Zm9v"), "foo");
  EXPECT_EQ(base64_decode("Zm9vYmE="), "fooba");
  EXPECT_EQ(base64_decode("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64Decode, RefusesWhatNoEncoderWrites) {
  for (const char* const text : {"Z", "Zg", "Zg=", "Zm9vY", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "=g==", "Z g=",
                                 "Zm9v\n", "Zm-_", "Zm9v====", "Zg=v", "Zm9\xff"}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
}

TEST(DataUrl, HoldsBase64) {
  EXPECT_EQ(base64_in_data_url("data:image/png;base64,AAAA"), "AAAA");
  EXPECT_EQ(base64_in_data_url("DATA:;BASE64,"), "");
  EXPECT_EQ(base64_in_data_url("data:image/png;charset=x;base64,A,B"), "A,B");
  for (const char* const url : {"", "data", "data:", "data:,abc", "data:image/png,abc", "data:image/png;base64",
                                "data:base64,AAAA", "http://a.example/;base64,AAAA", "data:x;base6,AAAA"}) {
    EXPECT_EQ(base64_in_data_url(url), std::nullopt) << url;
  }
}

}  // namespace
}  // namespace chatopen::codec
