#include "codec/json_writer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace chatopen::codec {
namespace {

// Writes, and proves in passing that the size was known beforehand.
std::string written(std::string_view text) {
  JsonWriter sizer;
  sizer.string(text);
  std::string body;
  JsonWriter(body).string(text);
  EXPECT_EQ(sizer.size(), body.size()) << body;
  return body;
}

template <typename Number>
std::string written_number(Number value) {
  JsonWriter sizer;
  sizer.number(value);
  std::string body;
  JsonWriter(body).number(value);
  EXPECT_EQ(sizer.size(), body.size()) << body;
  return body;
}

TEST(JsonWriter, EscapesOnlyWhatJsonDemands) {
  EXPECT_EQ(written(""), R"("")");
  EXPECT_EQ(written("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(written("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(written("猫 \xe2\x80\xa8 \U0001F600"), "\"猫 \xe2\x80\xa8 \U0001F600\"");
}

TEST(JsonWriter, FindsEveryByteToEscapeAtEveryPosition) {
  for (int c = 1; c < 0x80; ++c) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, '\x7e');
      text[at] = static_cast<char>(c);
      ASSERT_EQ(nlohmann::json::parse(written(text)), text) << "byte " << c << " at " << at;
    }
  }
}

TEST(JsonWriter, TakesBytesAboveAsciiForNoEscape) {
  // Each differs from a byte that must be escaped in its highest bit only.
  EXPECT_EQ(written("\xc2\xa2\xc3\x9c\xc2\x8a\xc2\x80\xc2\xa2"), "\"\xc2\xa2\xc3\x9c\xc2\x8a\xc2\x80\xc2\xa2\"");
}

TEST(JsonWriter, WritesTheShortestNumberThatReadsBackTheSame) {
  EXPECT_EQ(written_number(0.7), "0.7");
  EXPECT_EQ(written_number(1.0), "1");
  EXPECT_EQ(written_number(0.1 + 0.2), "0.30000000000000004");
  for (const double value : {1e300, -0.0, 5e-324, 1.7976931348623157e308, -1.2345678901234567e-200, 123456789.0}) {
    EXPECT_EQ(nlohmann::json::parse(written_number(value)).get<double>(), value);
  }
}

TEST(JsonWriter, WritesIntegersToTheirLimits) {
  EXPECT_EQ(written_number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written_number(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
}

}  // namespace
}  // namespace chatopen::codec
