#include "raw_connection.hpp"
#include "sandbox_caller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(SandboxHttp, KeepsTheConnectionAfterARefusal) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller caller(sandbox);
  EXPECT_EQ(caller.post("{}", "application/json"), 400);
  EXPECT_EQ(caller.post(short_question, "text/plain"), 400);
  EXPECT_EQ(caller.send("GET", "/"), 404);
  EXPECT_EQ(caller.ask(), 200);
  EXPECT_EQ(sandbox.connections(), 1U);
}

// What it did not read would be taken for the next request, and that for a broken one.
TEST(SandboxHttp, ClosesTheConnectionWhenItLeavesABodyUnread) {
  const Sandbox sandbox = Sandbox::start().value();
  for (const std::string& line : {std::string("GET ") + messages_path, "POST /" + std::string(10'000, 'a')}) {
    RawConnection connection(sandbox);
    connection.send(line + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\nGARBAGE" + raw_question(sandbox));
    connection.finish_sending();
    const std::string received = connection.receive_all();
    EXPECT_THAT(received, AnyOf(StartsWith("HTTP/1.1 405 "), StartsWith("HTTP/1.1 414 "))) << line.substr(0, 10);
    EXPECT_THAT(received, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(received.rfind("HTTP/1.1 "), 0U) << received;
  }
}

TEST(SandboxHttp, KeepsTheConnectionAfterAMethodWithAnEmptyBody) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  connection.send(std::string("GET ") + messages_path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" +
                  raw_question(sandbox));
  connection.finish_sending();
  EXPECT_THAT(connection.receive_all(), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("HTTP/1.1 200 ")));
}

TEST(SandboxHttp, AnswersInFullWhateverRangeIsAskedFor) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  connection.send(raw_question(sandbox, "Range: bytes=0-3\r\n"));
  connection.finish_sending();
  EXPECT_THAT(connection.receive_all(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("gpt-4o received 1 message")));
}

TEST(SandboxHttp, SaysThatAFormIsBroken) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller caller(sandbox);
  EXPECT_EQ(caller.post("no form at all", "multipart/form-data; boundary=x"), 400);
  EXPECT_THAT(caller.body(), HasSubstr("Content-Type"));
}

TEST(SandboxHttp, RefusesEveryOtherMethod) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller caller(sandbox);
  for (const char* method : {"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"}) {
    EXPECT_EQ(caller.send(method, messages_path), 405) << method;
  }
  EXPECT_EQ(caller.send("BREW", messages_path), 400);
  EXPECT_EQ(caller.body(), R"({"code":"400","msg":"the request is not valid HTTP","data":null})");
}

TEST(SandboxHttp, NamesTheContentTypeOfAForm) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller caller(sandbox);
  const std::string form = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\r\n--x--\r\n";
  EXPECT_EQ(caller.post(form, "multipart/form-data; boundary=x"), 400);
  EXPECT_THAT(caller.body(), HasSubstr("the header Content-Type is"));
  // Larger than the library takes of such a form by itself.
  EXPECT_EQ(caller.post(std::string(100'000, 'a'), "application/x-www-form-urlencoded"), 400);
  EXPECT_THAT(caller.body(), HasSubstr("the header Content-Type is"));
}

TEST(SandboxHttp, TakesABodyOfMegabytes) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller caller(sandbox);
  std::string picture = "iVBORw0KGgoA";
  picture.append(std::size_t{4} * 1024 * 1024, 'A');
  const std::string body =
      R"({"messages":[{"role":"user","content":[{"type":"imageUrl","imageUrl":{"url":"data:image/png;base64,)" +
      picture + "\"}}]}]}";
  EXPECT_EQ(caller.post(body, "application/json"), 200);
  EXPECT_THAT(caller.body(), HasSubstr("picture image/png, 3145737 bytes"));
}

TEST(SandboxHttp, AnswersAPostWithoutABodyAtOnce) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  connection.send(std::string("POST ") + messages_path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(connection.receive_until("\"data\":null}"), StartsWith("HTTP/1.1 401 "));
}

TEST(SandboxHttp, AnswersRequestsThatCameTogether) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  connection.send(request + request);
  EXPECT_THAT(connection.receive_until("\"data\":null}"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(connection.receive_until("\"data\":null}"), StartsWith("HTTP/1.1 404 "));
}

TEST(SandboxHttp, ClosesTheConnectionWhenAsked) {
  const Sandbox sandbox = Sandbox::start().value();
  RawConnection connection(sandbox);
  connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(connection.receive_all(), StartsWith("HTTP/1.1 404 "));
}

}  // namespace
}  // namespace chatopen::sandbox
