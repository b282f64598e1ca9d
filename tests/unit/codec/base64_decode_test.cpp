#include "codec/base64_decode.hpp"

#include "codec/base64.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace chatopen::codec {
namespace {

TEST(Base64Decode, ReadsWhatIsWritten) {
  std::string bytes;
  for (int i = 0; i < 600; ++i) {
    std::string encoded(base64_size(bytes.size()), '\0');
    base64_encode(bytes, encoded.data());
    EXPECT_EQ(base64_decode(encoded), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64Decode, RefusesWhatIsNoBase64) {
  for (const char* text : {"A", "AA", "AAA", "AAAAA", "A===", "====", "AA=A", "A=AA", "AA-_", "AA A", "AAA\n",
                           "AB==", "AAB=", "AAAA====", "\xff\xff\xff\xff"}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
  EXPECT_EQ(base64_decode(""), "");
  EXPECT_EQ(base64_decode("AA=="), std::string(1, '\0'));
}

}  // namespace
}  // namespace chatopen::codec
