#include "codec/base64.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chatopen::codec {
namespace {

std::string encode(std::string_view bytes, void (*encoder)(std::string_view, char*) noexcept = base64_encode) {
  // No terminator follows these, so that a sanitizer sees the first byte read too far.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  std::string text(base64_size(exact.size()), '?');
  encoder({exact.data(), exact.size()}, text.data());
  return text;
}

// The other direction, from the definition and bit by bit, so that it shares nothing with the code under test.
std::string decode(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xff);
  }
  return bytes;
}

TEST(Base64, EncodesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(encode(""), "");
  EXPECT_EQ(encode("f"), "Zg==");
  EXPECT_EQ(encode("fo"), "Zm8=");
  EXPECT_EQ(encode("foo"), "Zm9v");
  EXPECT_EQ(encode("foob"), "Zm9vYg==");
  EXPECT_EQ(encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, UsesTheWholeAlphabet) {
  EXPECT_EQ(encode("\xfb\xff\xbf"), "+/+/");
  EXPECT_EQ(encode(std::string(3, '\0')), "AAAA");
}

TEST(Base64, KeepsEveryByteAtEveryPositionAndLength) {
  std::string bytes;
  for (unsigned i = 0; i < 1024; ++i) bytes += static_cast<char>((i * 167 + i / 256) & 0xff);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string_view piece = std::string_view(bytes).substr(0, length);
    const std::string text = encode(piece);
    ASSERT_EQ(text.size() % 4, 0u);
    ASSERT_EQ(decode(text), piece) << "length " << length;
    ASSERT_EQ(encode(piece, base64_encode_by_table), text) << "length " << length;
  }
}

TEST(Base64, JoinsPiecesOfWholeGroups) {
  const std::string bytes = "any carnal pleasure";
  EXPECT_EQ(encode(bytes.substr(0, 6)) + encode(bytes.substr(6, 9)) + encode(bytes.substr(15)), encode(bytes));
}

}  // namespace
}  // namespace chatopen::codec
