#include "fault_matrix.hpp"
#include "process_memory.hpp"

#include <zlib.h>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

std::string gzip(std::string_view text) {
  z_stream stream = {};
  constexpr int gzip_format = 15 + 16;
  ::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format, 9, Z_DEFAULT_STRATEGY);
  std::string packed(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

Script answer_gzip(std::string packed) {
  return [packed = std::move(packed)](Connection& connection) {
    while (connection.read_request() && connection.reply("200 OK", packed, "Content-Encoding: gzip\r\n")) {
    }
  };
}

TEST_F(FaultMatrix, Row38HundredThousandNestedLevelsAreAProtocolError) {
  const std::string deep(100'000, '[');
  for (const std::string& body : {deep, deep + std::string(100'000, ']'),
                                  R"({"code":"200","data":{"answer":)" + deep + std::string(100'000, ']') + "}}"}) {
    RawServer server([&](Connection& connection) {
      while (connection.read_request() && connection.reply("200 OK", body)) {
      }
    });
    const Error error = failure(client_for(server));
    EXPECT_EQ(error.kind, ErrorKind::protocol);
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
  }
}

TEST_F(FaultMatrix, Row38DeepErrorBodyIsStillTheStatus) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("400 Bad Request", std::string(60'000, '['));
  });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::invalid_request);
  EXPECT_EQ(error.http_status, 400);
}

TEST_F(FaultMatrix, CompressedReplyIsDecompressed) {
  RawServer server(answer_gzip(gzip(hello)));
  const auto reply = client_for(server).chat(question());
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->raw(), hello);
}

TEST_F(FaultMatrix, Row39GzipBombIsTooLargeAtTheCap) {
  const std::string bomb = gzip(std::string(256 * mebibyte, ' '));
  ASSERT_LT(bomb.size(), mebibyte);
  RawServer server(answer_gzip(bomb));
  chatopen::ClientOptions options = options_for(server.base_url());
  options.limits.max_reply_bytes = 4 * mebibyte;
  const ChatClient client = ChatClient::create(std::move(options)).value();
  reset_peak_memory();
  const std::size_t before = peak_memory();
  const Error error = failure(client);
  EXPECT_EQ(error.kind, ErrorKind::too_large);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_LT(peak_memory(), before + allowed_memory(16 * mebibyte));
}

TEST_F(FaultMatrix, Row40CorruptGzipIsAProtocolError) {
  std::string corrupt = gzip(hello);
  for (std::size_t i = 12; i < corrupt.size() - 8; ++i) corrupt[i] = char(corrupt[i] ^ 0x5A);
  RawServer server(answer_gzip(corrupt));
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::protocol);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
}

TEST_F(FaultMatrix, Row40GzipThatIsNoGzipIsAProtocolError) {
  RawServer server(answer_gzip("certainly not gzip, but as long as it takes"));
  EXPECT_EQ(failure(client_for(server)).kind, ErrorKind::protocol);
}

TEST_F(FaultMatrix, Row40CutGzipIsNeverASuccess) {
  const std::string whole = gzip(R"({"code":"200","data":{"answer":")" + std::string(100'000, 'a') + "\"}}");
  RawServer server(answer_gzip(whole.substr(0, whole.size() / 2)));
  EXPECT_THAT(failure(client_for(server)).kind, ::testing::AnyOf(ErrorKind::protocol, ErrorKind::truncated));
}

TEST_F(FaultMatrix, UnknownContentEncodingIsAProtocolError) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("200 OK", hello, "Content-Encoding: rot13\r\n");
  });
  EXPECT_EQ(failure(client_for(server)).kind, ErrorKind::protocol);
}

class FaultMatrixGigabyte : public FaultMatrix, public ::testing::WithParamInterface<bool> {};

TEST_P(FaultMatrixGigabyte, Row41GigabyteReplyIsTooLargeAtTheCap) {
  const bool announced = GetParam();
  constexpr std::uint64_t gigabyte = std::uint64_t{1024} * mebibyte;
  constexpr std::size_t cap = 16 * mebibyte;
  RawServer server([&](Connection& connection) {
    connection.read_request();
    const std::string piece(mebibyte, ' ');
    connection.send(announced ? "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(gigabyte) + "\r\n\r\n"
                              : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::uint64_t sent = 0; sent < gigabyte; sent += mebibyte) {
      if (!connection.send(announced ? piece : "100000\r\n" + piece + "\r\n")) return;
    }
    connection.send(announced ? "" : "0\r\n\r\n");
  });
  chatopen::ClientOptions options = options_for(server.base_url());
  options.limits.max_reply_bytes = cap;
  reset_peak_memory();
  const std::size_t before = peak_memory();
  const Error error = failure(ChatClient::create(std::move(options)).value());
  EXPECT_EQ(error.kind, ErrorKind::too_large);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_TRUE(error.maybe_processed);
  // What lies in the sockets' buffers was not read.
  EXPECT_LT(server.sent(), cap + 16 * mebibyte);
  EXPECT_LT(peak_memory(), before + allowed_memory(3 * cap));
}

INSTANTIATE_TEST_SUITE_P(Length, FaultMatrixGigabyte, ::testing::Bool(),
                         [](const auto& announced) { return announced.param ? "Announced" : "Chunked"; });

TEST_F(FaultMatrix, Row41ReplyOfExactlyTheCapIsAccepted) {
  RawServer server(answer_hello);
  for (const bool fits : {true, false}) {
    chatopen::ClientOptions options = options_for(server.base_url());
    options.limits.max_reply_bytes = fits ? hello.size() : hello.size() - 1;
    const auto reply = ChatClient::create(std::move(options)).value().chat(question());
    ASSERT_EQ(reply.has_value(), fits);
    if (!fits) {
      EXPECT_EQ(reply.error().kind, ErrorKind::too_large);
    }
  }
}

TEST_F(FaultMatrix, Row41EndlessErrorBodyIsStillTheStatus) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 500 Internal Server Error\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'e') + "\r\n";
    while (connection.send(chunk)) {
    }
  });
  const Error error = failure(client_for(server));
  EXPECT_EQ(error.kind, ErrorKind::server_error);
  EXPECT_EQ(error.http_status, 500);
  EXPECT_LE(error.body_snippet.size(), 1024U);
  EXPECT_LT(server.sent(), 16 * mebibyte);
}

}  // namespace
}  // namespace integration
