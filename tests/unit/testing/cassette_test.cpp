// What a cassette looks like, and what is said of mistakes in it.

#include "testing/cassette.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

CassetteRecord reply_in(std::vector<std::string> chunks) {
  return {.method = "POST",
          .url = "https://x.example/a",
          .request_headers = {{"Content-Type", "application/json"}},
          .request_body = {{"json", {{"issue", "hé"}}}},
          .status = 200,
          .reply_headers = {{"Content-Type", "application/json"}, {"Set-Cookie", "[redacted]"}},
          .chunks = std::move(chunks)};
}

TEST(Cassette, IsReadable) {
  EXPECT_EQ(write_cassette({reply_in({R"({"code":"200","data":{"answer":"hi"}})"})}), R"({
  "version": 1,
  "records": [
    {
      "request": {
        "method": "POST",
        "url": "https://x.example/a",
        "headers": [
          "Content-Type: application/json"
        ],
        "body": {
          "json": {
            "issue": "hé"
          }
        }
      },
      "reply": {
        "status": 200,
        "headers": [
          "Content-Type: application/json",
          "Set-Cookie: [redacted]"
        ],
        "body": {
          "json": {
            "code": "200",
            "data": {
              "answer": "hi"
            }
          }
        }
      },
      "outcome": {
        "end": "proven"
      }
    }
  ]
}
)");
}

// A body, and the member of the cassette that it becomes.
struct Body {
  const char* name;
  std::vector<std::string> chunks;
  const char* member;
};

class CassetteBody : public ::testing::TestWithParam<Body> {};

TEST_P(CassetteBody, ComesBackInTheSameBytesAndChunks) {
  const std::string text = write_cassette({reply_in(GetParam().chunks)});
  EXPECT_THAT(text, HasSubstr(GetParam().member));
  const auto read = read_cassette(text, "x");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->front().chunks, GetParam().chunks);
  EXPECT_EQ(write_cassette(*read), text);
}

INSTANTIATE_TEST_SUITE_P(Bodies, CassetteBody,
                         ::testing::Values(Body{"Empty", {}, "\"status\": 200"},
                                           Body{"Json", {R"({"a":1.5,"b":"\n"})"}, "\"json\": {"},
                                           Body{"JsonInChunks", {R"({"a":)", R"(1})"}, "\"chunk_bytes\": ["},
                                           Body{"JsonWithOtherSpace", {R"({"a": 1})"}, "\"text\": \"{"},
                                           Body{"Stream", {"data:{}\n\n", "data:[DONE]\n\n"}, "\"chunks\": ["},
                                           Body{"WithinACharacter", {"h\xc3", "\xa9"}, "\"text\": \"h\xc3\xa9\""},
                                           Body{"Binary", {"\xff", std::string("\0x", 2)}, "\"base64\": \"/wB4\""}),
                         [](const auto& body) { return body.param.name; });

TEST(Cassette, KeepsHowExchangesEnded) {
  std::vector<CassetteRecord> records;
  for (const auto end :
       {RecordedEnd::proven, RecordedEnd::connection_closed, RecordedEnd::finished, RecordedEnd::stopped}) {
    records.push_back(reply_in({"x"}));
    records.back().end = end;
  }
  for (int i = 0; i <= static_cast<int>(TransportFailure::resource); ++i) {
    records.push_back({.method = "GET", .url = "/"});
    records.back().failure = TransportOutcome{.failure = static_cast<TransportFailure>(i),
                                              .request_bytes_written = i % 2 == 0,
                                              .message = i > 3 ? "why" : ""};
  }
  const auto read = read_cassette(write_cassette(records), "x");
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ((*read)[i].end, records[i].end);
    ASSERT_EQ((*read)[i].failure.has_value(), records[i].failure.has_value());
    if (!records[i].failure) continue;
    EXPECT_EQ((*read)[i].failure->failure, records[i].failure->failure);
    EXPECT_EQ((*read)[i].failure->request_bytes_written, records[i].failure->request_bytes_written);
    EXPECT_EQ((*read)[i].failure->message, records[i].failure->message);
  }
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = write_cassette({reply_in({"a", "b"})});
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string complaint(const std::string& text) {
  const auto read = read_cassette(text, "c.json");
  if (read) return "none";
  EXPECT_EQ(read.error().kind, ErrorKind::configuration);
  return read.error().message;
}

TEST(Cassette, NamesThePlaceOfAMistakeInItsJson) {
  EXPECT_THAT(complaint(with("\"version\": 1,", "\"version\": 1")),
              StartsWith("'c.json', line 3, column 11: is not valid JSON: syntax error"));
  EXPECT_THAT(complaint(""), StartsWith("'c.json', line 1, column 1: is not valid JSON"));
  EXPECT_THAT(complaint(std::string(100000, '[')), HasSubstr("nested too deeply"));
}

TEST(Cassette, NamesTheMemberThatIsWrong) {
  EXPECT_EQ(complaint(with("200", "\"200\"")),
            "'c.json', line 18, column 19: /records/0/reply/status must be a number from 100 to 599, but is \"200\"");
  EXPECT_EQ(complaint(with("\"status\"", "\"statsu\"")),
            "'c.json', line 18, column 19: /records/0/reply/statsu is unknown: there may be status, headers, body");
  EXPECT_EQ(complaint(with("\"status\": 200,", "")),
            "'c.json', line 17, column 16: /records/0/reply/status is missing");
  EXPECT_EQ(complaint(with("\"method\": \"POST\",", "\"method\": \"POST\", \"method\": \"GET\",")),
            "'c.json', line 6, column 37: /records/0/request/method is there twice");
  EXPECT_EQ(complaint(with("\"Content-Type: application/json\"", "\"Content-Type\"")),
            "'c.json', line 9, column 11: /records/0/request/headers/0 must be a string \"Name: value\"");
  EXPECT_EQ(
      complaint(with("\"proven\"", "\"Proven\"")),
      "'c.json', line 31, column 16: /records/0/outcome/end must be proven, connection_closed, finished or stopped, "
      "but is \"Proven\"");
  EXPECT_EQ(complaint(with("1", "2")), "'c.json', line 2, column 14: /version must be 1, but is 2");
  EXPECT_EQ(complaint("[]"), "'c.json', line 1, column 1: the cassette must be an object, but is array");
  EXPECT_EQ(complaint(R"({"version":1,"records":{}})"), "'c.json', line 1, column 24: /records must be an array");
}

TEST(Cassette, NamesWhatIsWrongWithAnOutcome) {
  const auto outcome = [](const char* text) { return complaint(with("\"end\": \"proven\"", text)); };
  EXPECT_THAT(outcome(""), HasSubstr("/records/0/outcome/end is missing"));
  EXPECT_THAT(outcome(R"("failure":"flood","request_bytes_written":true)"), HasSubstr("/failure is none of the names"));
  EXPECT_THAT(outcome(R"("failure":"connect")"), HasSubstr("/request_bytes_written is missing"));
  EXPECT_THAT(outcome(R"("failure":"connect","request_bytes_written":1)"), HasSubstr("must be true or false"));
  EXPECT_THAT(outcome(R"("failure":"connect","end":"proven")"), HasSubstr("/end has no meaning beside failure"));
  EXPECT_THAT(
      complaint(R"({"version":1,"records":[{"request":{"method":"GET","url":"/"},"outcome":{"end":"proven"}}]})"),
      HasSubstr("/records/0/reply is missing, although the outcome is no failure"));
}

TEST(Cassette, NamesWhatIsWrongWithABody) {
  const auto body = [](const char* text) {
    return complaint(
        std::string(R"({"version":1,"records":[{"request":{"method":"GET","url":"/"},"reply":{"status":200,)") +
        R"("body":)" + text + R"(},"outcome":{"end":"proven"}}]})");
  };
  EXPECT_EQ(body(R"({"json":{},"chunk_bytes":[1,1]})"), "none");
  EXPECT_EQ(body("null"), "none");
  EXPECT_THAT(body("\"x\""), HasSubstr("/records/0/reply/body must be an object"));
  EXPECT_THAT(body("{}"), HasSubstr("/body must have one of json, chunks, text and base64"));
  EXPECT_THAT(body(R"({"text":"a","json":{}})"), HasSubstr("must have one of"));
  EXPECT_THAT(body(R"({"txt":"a"})"), HasSubstr("/body/txt is unknown"));
  EXPECT_THAT(body(R"({"text":1})"), HasSubstr("/body/text must be a string"));
  EXPECT_THAT(body(R"({"base64":"?"})"), HasSubstr("/body/base64 is not Base64"));
  EXPECT_THAT(body(R"({"chunks":"a"})"), HasSubstr("/body/chunks must be an array"));
  EXPECT_THAT(body(R"({"chunks":["a",1]})"), HasSubstr("/body/chunks/1 must be a string"));
  EXPECT_THAT(body(R"({"chunks":["a"],"chunk_bytes":[1]})"), HasSubstr("no meaning beside chunks"));
  for (const char* const sizes : {"[1]", "[1,2]", "[2,1]", "[1,1,1]", "[18446744073709551615,3]"}) {
    EXPECT_THAT(body((std::string(R"({"text":"ab","chunk_bytes":)") + sizes + "}").c_str()),
                std::string(sizes) == "[1,1]" ? HasSubstr("none") : HasSubstr("does not add up to the 2 bytes"))
        << sizes;
  }
  EXPECT_THAT(body(R"({"text":"ab","chunk_bytes":[-1,3]})"), HasSubstr("/chunk_bytes/0 must be a number of bytes"));
}

TEST(Cassette, NamesWhatIsWrongWithARequest) {
  const auto request = [](const char* text) {
    return complaint(std::string(R"({"version":1,"records":[{"request":)") + text +
                     R"(,"reply":{"status":200},"outcome":{"end":"proven"}}]})");
  };
  EXPECT_EQ(request(R"({"method":"GET","url":"/"})"), "none");
  EXPECT_THAT(request(R"({"method":"","url":"/"})"), HasSubstr("/records/0/request/method must be a string"));
  EXPECT_THAT(request(R"({"method":"GET"})"), HasSubstr("/records/0/request/url is missing"));
  EXPECT_THAT(request(R"({"method":"GET","url":"/","headers":{}})"), HasSubstr("/headers must be an array"));
  EXPECT_THAT(request(R"({"method":"GET","url":"/","body":{}})"), HasSubstr("/body must have one of"));
  EXPECT_THAT(request(R"({"method":"GET","url":"/","body":{"text":1}})"), HasSubstr("/body/text must be a string"));
  EXPECT_THAT(request(R"({"method":"GET","url":"/","body":{"jsn":1}})"), HasSubstr("/body/jsn is unknown"));
}

}  // namespace
}  // namespace chatopen::testing
