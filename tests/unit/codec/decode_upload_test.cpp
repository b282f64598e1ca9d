#include "codec/decode_upload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::codec {
namespace {

using testing::HasSubstr;
using testing::Not;

const Credentials& credentials() {
  static const Credentials both{"canary-id-4711", "canary-secret-0815"};
  return both;
}

Result<UploadedFile> decode(std::string body) {
  return decode_upload(200, std::move(body), base::Redactor(credentials()));
}

Error error_of(const std::string& body) {
  const Result<UploadedFile> decoded = decode(body);
  if (decoded) {
    ADD_FAILURE() << body << " was taken for " << decoded->url;
    return {};
  }
  return decoded.error();
}

TEST(DecodeUpload, FindsTheUrlInEachOfTheFourShapes) {
  for (const std::string body :
       {R"({"url":"https://f.example/a"})", R"({"code":"200","msg":"ok","data":{"url":"https://f.example/a"}})",
        R"({"fileUrl":"https://f.example/a"})",
        R"({"code":200,"data":{"fileUrl":"https://f.example/a","size":3},"more":[1]})"}) {
    const Result<UploadedFile> file = decode(body);
    ASSERT_TRUE(file) << body << file.error();
    EXPECT_EQ(file->url, "https://f.example/a");
    EXPECT_EQ(file->raw, body);
  }
}

TEST(DecodeUpload, TakesTheFirstThatIsPresent) {
  const std::string all = R"("url":"http://1","data":{"url":"http://2","fileUrl":"http://4"},"fileUrl":"http://3"})";
  EXPECT_EQ(decode("{" + all).value().url, "http://1");
  EXPECT_EQ(decode(R"({"data":{"url":"http://2","fileUrl":"http://4"},"fileUrl":"http://3"})").value().url, "http://2");
  EXPECT_EQ(decode(R"({"data":{"fileUrl":"http://4"},"fileUrl":"http://3"})").value().url, "http://3");
  EXPECT_EQ(decode(R"({"url":null,"fileUrl":"","data":{"fileUrl":"http://4"}})").value().url, "http://4");
}

TEST(DecodeUpload, RefusesAUrlOfAnotherKindAndNamesIt) {
  for (const std::string url : {"ftp://f.example/a", "/files/a", "data:image/png;base64,AA==", "httpx://a", "http:/a",
                                "http://", "https:///a", "javascript:1"}) {
    const Error error = error_of(R"({"url":"http","data":{"url":")" + url + "\"}}");
    EXPECT_EQ(error.kind, ErrorKind::protocol);
    EXPECT_EQ(error.message, "the reply's url is no http or https URL");
    const Error inner = error_of(R"({"data":{"url":")" + url + "\"},\"fileUrl\":\"https://f.example/a\"}");
    EXPECT_EQ(inner.message, "the reply's data.url is no http or https URL");
    EXPECT_EQ(inner.detail, url);
  }
  EXPECT_EQ(error_of(R"({"url":"http://a\nb"})").kind, ErrorKind::protocol);
  EXPECT_EQ(error_of(R"({"fileUrl":{"a":1}})").detail, R"({"a":1})");
  EXPECT_EQ(error_of(R"({"data":{"fileUrl":7}})").message, "the reply's data.fileUrl is no http or https URL");
  EXPECT_EQ(decode(R"({"url":"HTTPS://f.example/a"})").value().url, "HTTPS://f.example/a");
}

TEST(DecodeUpload, NamesWhatCameInsteadOfAUrl) {
  const Error error = error_of(R"({"code":"200","msg":"ok","data":{"id":7,"name":"a"}})");
  EXPECT_EQ(error.kind, ErrorKind::protocol);
  EXPECT_EQ(error.http_status, 200);
  EXPECT_EQ(error.message, "the reply has no URL of the file: none of url, data.url, fileUrl and data.fileUrl");
  EXPECT_EQ(error.detail, "it has code, msg, data.id, data.name");
  EXPECT_THAT(error.body_snippet, HasSubstr(R"("name":"a")"));
  EXPECT_EQ(error_of(R"({"code":"200","data":"https://f.example/a"})").detail, "it has code, data");
  EXPECT_EQ(error_of("{}").detail, "it has no members");
}

TEST(DecodeUpload, RefusesWhatIsNoObject) {
  for (const char* body : {"[]", "\"https://f.example/a\"", "7", "null"}) {
    EXPECT_EQ(error_of(body).message, "the reply is not a JSON object") << body;
  }
  EXPECT_EQ(error_of("").message, "the reply is empty");
  EXPECT_EQ(error_of("<html>").message, "the reply is not JSON");
  EXPECT_EQ(error_of("{\"url\":\"https://f.example/\xff\"}").message, "the reply is not valid UTF-8");
}

TEST(DecodeUpload, ObeysTheEnvelopesCodeAndErrorMembers) {
  const Error refused = error_of(R"({"code":"1001","msg":"no room","data":{"errorMessage":"quota"},"url":"http://a"})");
  EXPECT_EQ(refused.kind, ErrorKind::api);
  EXPECT_EQ(refused.code, "1001");
  EXPECT_EQ(refused.message, "no room");
  EXPECT_EQ(refused.detail, "quota");
  EXPECT_EQ(error_of(R"({"code":429,"msg":"slow down"})").kind, ErrorKind::rate_limited);
  EXPECT_EQ(error_of(R"({"error":{"message":"no"},"url":"http://a"})").message, "no");
}

TEST(DecodeUpload, ShowsNoCredential) {
  const Error named = error_of(R"({"url":"ftp://canary-secret-0815/"})");
  EXPECT_THAT(named.detail + named.body_snippet, Not(HasSubstr("canary")));
  const Error members = error_of(R"({"canary-id-4711":1})");
  EXPECT_THAT(members.detail + members.body_snippet, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace chatopen::codec
