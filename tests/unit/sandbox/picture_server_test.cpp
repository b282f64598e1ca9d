#include "sandbox/picture_server.hpp"
#include "sandbox/jpeg.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/png.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace chatopen::sandbox {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* path = "/plain/16x8/00ff00.png";

Answer get(const std::string& target, std::vector<HttpHeader> headers = {}, const std::string& method = "GET") {
  return serve_picture({.method = method, .target = target, .headers = std::move(headers)});
}

std::uint32_t number_at(std::string_view bytes, std::size_t place) {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(place, 4)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// A crc as the standard's appendix has it, bit by bit.
std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
  }
  return ~crc;
}

// What a zlib stream holds, which also proves its checksum; nothing when it is broken, or holds more than `most`.
std::string uncompress_all(std::string_view stream, std::size_t most) {
  std::string bytes(most, '\0');
  auto size = static_cast<uLongf>(most);
  const auto* const source = reinterpret_cast<const Bytef*>(stream.data());
  const int result =
      uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size, source, static_cast<uLong>(stream.size()));
  bytes.resize(result == Z_OK ? size : 0);
  return bytes;
}

TEST(Png, IsARealOne) {
  constexpr std::size_t width = 1024;
  constexpr std::size_t height = 576;
  const std::string png = make_png(width, height, 0x123456);
  EXPECT_THAT(png, StartsWith("\x89PNG\r\n\x1a\n"));
  std::size_t place = 8;
  std::string types;
  std::string lines;
  while (place < png.size()) {
    const std::size_t size = number_at(png, place);
    const std::string_view body = std::string_view(png).substr(place + 4, size + 4);
    types.append(body.substr(0, 4)).append(1, ' ');
    EXPECT_EQ(number_at(png, place + 8 + size), crc_of(body));
    if (body.starts_with("IDAT")) lines = uncompress_all(body.substr(4), 2 * width * height);
    place += 12 + size;
  }
  EXPECT_EQ(types, "IHDR PLTE IDAT IEND ");
  EXPECT_EQ(number_at(png, 16), width);
  EXPECT_EQ(number_at(png, 20), height);
  EXPECT_EQ(png.substr(24, 5), std::string("\1\3\0\0\0", 5)) << "one bit for each pixel, out of the palette";
  // Each line begins with its filter, which is none.
  constexpr std::size_t line = 1 + width / 8;
  ASSERT_EQ(lines.size(), height * line);
  for (std::size_t at = 0; at < lines.size(); at += line) EXPECT_EQ(lines[at], '\0');
}

TEST(Jpeg, HasItsSizeAndItsEnd) {
  const std::string jpeg = make_jpeg(576, 1024);
  EXPECT_THAT(jpeg, StartsWith("\xff\xd8\xff"));
  EXPECT_THAT(jpeg, EndsWith("\xff\xd9"));
  const std::size_t frame = jpeg.find("\xff\xc0");
  EXPECT_EQ(number_at(jpeg, frame + 5), 1024U << 16 | 576U);
}

TEST(PictureServer, ServesWhatItsPathNames) {
  const Answer png = get(path);
  EXPECT_EQ(png.status, 200);
  EXPECT_EQ(png.content_type, "image/png");
  EXPECT_EQ(png.body, make_png(16, 8, 0x00ff00));
  EXPECT_EQ(get("/plain/16x8/00ff00.jpeg").body, make_jpeg(16, 8));
  EXPECT_EQ(picture_path({.width = 16, .height = 8, .colour = 0xff00}, PictureDelivery::plain), path);
}

TEST(PictureServer, RefusesWhatIsForTheServiceAlone) {
  for (const char* const header : {"x-request-req-accessKeyId", "X-Request-Req-Accesskeysecret", "X-Sandbox-Reply"}) {
    const Answer answer = get(path, {{header, "canary"}});
    EXPECT_EQ(answer.status, 400);
    const std::string message = parse_object(answer.body)["msg"];
    EXPECT_THAT(message, StartsWith("the download carries the header X-"));
    EXPECT_THAT(message, testing::Not(HasSubstr("canary")));
  }
}

TEST(PictureServer, HasNothingElse) {
  for (const char* const target :
       {"/", "", "/plain/16x8/00ff00.gif", "/plain/0x8/00ff00.png", "/plain/16x8/1000000.png",
        "/data-url/16x8/00ff00.png", "/plain/99999x8/00ff00.png", "/plain/16x8/zz.png"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  EXPECT_EQ(get(path, {}, "POST").status, 405);
}

TEST(PictureServer, HasFaults) {
  EXPECT_EQ(get("/html/16x8/00ff00.png").content_type, "text/html");
  EXPECT_EQ(get("/empty/16x8/00ff00.png").body, "");
  EXPECT_EQ(get("/missing/16x8/00ff00.png").status, 404);
  const Answer redirect = get("/redirect/16x8/00ff00.png");
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.headers.at(0).value, path);
  const std::string whole = make_png(16, 8, 0x00ff00);
  const Answer cut = get("/cut/16x8/00ff00.png");
  ASSERT_TRUE(cut.stream);
  EXPECT_EQ(cut.stream->end, StreamBody::End::close);
  EXPECT_EQ(cut.stream->writes.at(0), whole.substr(0, whole.size() / 2));
  const Answer slow = get("/slow/1024x1024/00ff00.png");
  ASSERT_TRUE(slow.stream);
  EXPECT_GT(slow.stream->writes.size(), 10U);
  EXPECT_GT(slow.stream->pace.count(), 0);
}

}  // namespace
}  // namespace chatopen::sandbox
