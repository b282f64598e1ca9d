#include "decode_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <simdjson.h>

namespace chatopen::codec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Error decoded(int status, std::string_view body) {
  return decode_error(status, body, redactor());
}

TEST(CarriedError, IsAnEnvelopeCodeOtherThan200) {
  const Error error = refused(R"({"code":"1001","msg":"no quota","data":{"errorMessage":"buy more"}})");
  EXPECT_EQ(error.kind, ErrorKind::api);
  EXPECT_EQ(error.http_status, 200);
  EXPECT_EQ(error.code, "1001");
  EXPECT_EQ(error.message, "no quota");
  EXPECT_EQ(error.detail, "buy more");
  EXPECT_THAT(error.body_snippet, HasSubstr("no quota"));
}

TEST(CarriedError, IsAnEnvelopeCodeThatIsNoCode) {
  for (const char* const code : {"true", "false", "[200]", R"({"a":1})", "200.5", "1e30"}) {
    const Error error = refused(R"({"msg":"no","code":)" + std::string(code) + "}");
    EXPECT_EQ(error.kind, ErrorKind::api) << code;
    EXPECT_EQ(error.message, "no") << code;
    EXPECT_FALSE(error.code.empty()) << code;
  }
}

TEST(CarriedError, OutweighsAnAnswerBesideIt) {
  EXPECT_EQ(refused(R"({"code":"500","msg":"boom","data":{"answer":"hi"}})").kind, ErrorKind::server_error);
  EXPECT_EQ(refused(R"({"code":"200","data":{"answer":"hi"},"error":"boom"})").message, "boom");
}

TEST(CarriedError, HasTheKindOfACodeThatIsAnHttpErrorStatus) {
  const std::vector<std::pair<const char*, ErrorKind>> kinds = {{"\"400\"", ErrorKind::invalid_request},
                                                                {"401", ErrorKind::authentication},
                                                                {"\"401\"", ErrorKind::authentication},
                                                                {"\"403\"", ErrorKind::permission_denied},
                                                                {"\"404\"", ErrorKind::not_found},
                                                                {"429", ErrorKind::rate_limited},
                                                                {"\"503\"", ErrorKind::server_error},
                                                                {"599", ErrorKind::server_error},
                                                                {"\"302\"", ErrorKind::api},
                                                                {"600", ErrorKind::api},
                                                                {"\"401x\"", ErrorKind::api},
                                                                {"0", ErrorKind::api},
                                                                {"-401", ErrorKind::api},
                                                                {"\"\"", ErrorKind::api},
                                                                {"201", ErrorKind::api},
                                                                {"\"0200\"", ErrorKind::api}};
  for (const auto& [code, kind] : kinds) {
    EXPECT_EQ(refused(std::string(R"({"code":)") + code + "}").kind, kind) << code;
  }
}

TEST(CarriedError, KeepsTheCodeAsText) {
  EXPECT_EQ(refused(R"({"code":1001})").code, "1001");
  EXPECT_EQ(refused(R"({"code":"QUOTA"})").code, "QUOTA");
  EXPECT_EQ(refused(R"({"code":99999999999999999999})").code, "99999999999999999999");
  EXPECT_THAT(refused(R"({"code":200.5})").code, HasSubstr("200.5"));
}

TEST(CarriedError, AlwaysHasAMessage) {
  EXPECT_EQ(refused(R"({"code":"1001"})").message, "the service answered with code 1001");
  EXPECT_EQ(refused(R"({"error":{}})").message, "the service answered with an error");
  EXPECT_EQ(refused(R"({"code":"1001","msg":null,"message":"m"})").message, "m");
}

TEST(CarriedError, IsAnErrorMemberOfTheRootOrOfData) {
  const std::string object = R"({"error":{"message":"bad key","type":"auth","code":"invalid_api_key"}})";
  for (const std::string& body : {object, R"({"code":"200","msg":"ok","data":)" + object + "}"}) {
    const Error error = refused(body);
    EXPECT_EQ(error.kind, ErrorKind::api);
    EXPECT_EQ(error.code, "invalid_api_key");
    EXPECT_EQ(error.message, "bad key");
    EXPECT_EQ(error.detail, "");
  }
  EXPECT_EQ(refused(R"({"error":"boom"})").message, "boom");
  EXPECT_EQ(refused(R"({"error":true,"message":"boom"})").message, "boom");
}

TEST(CarriedError, IsAnErrorMemberThatIsANumberOrAList) {
  const Error number = refused(R"({"error":500,"message":"boom"})");
  EXPECT_EQ(number.kind, ErrorKind::server_error);
  EXPECT_EQ(number.code, "500");
  EXPECT_EQ(number.message, "boom");
  EXPECT_EQ(refused(R"({"error":-1})").kind, ErrorKind::api);
  EXPECT_EQ(refused(R"({"error":0.5})").kind, ErrorKind::api);
  EXPECT_EQ(refused(R"({"code":"200","data":{"error":429}})").kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused(R"({"error":[{"message":"bad"}],"message":"boom"})").message, "boom");
  EXPECT_EQ(refused(R"({"error":["bad"]})").message, "the service answered with an error");
}

TEST(CarriedError, TakesCodeOrElseTypeOfAnErrorMember) {
  EXPECT_EQ(refused(R"({"error":{"message":"m","type":"auth","code":null}})").code, "auth");
  EXPECT_EQ(refused(R"({"error":{"message":"m","code":429}})").kind, ErrorKind::rate_limited);
}

TEST(CarriedError, JoinsEnvelopeAndErrorMember) {
  const Error error = refused(R"({"code":"429","msg":"slow down","error":{"message":"10 per minute","code":"rate"}})");
  EXPECT_EQ(error.kind, ErrorKind::rate_limited);
  EXPECT_EQ(error.code, "429");
  EXPECT_EQ(error.message, "slow down");
  EXPECT_EQ(error.detail, "10 per minute");
}

TEST(CarriedError, IsNotAnErrorMemberThatSaysThereIsNone) {
  for (const char* const none : {"null", "false", R"("")", "0", "0.0", "-0", "[]"}) {
    EXPECT_EQ(accepted(std::string(R"({"code":"200","data":{"answer":"hi"},"error":)") + none + "}").text, "hi")
        << none;
  }
}

TEST(CarriedError, IsRedactedAndBounded) {
  const std::string body =
      R"({"code":"canary-id","msg":"key canary\/secret \u001b[31m","data":{"errorMessage":"%63anary-id )" +
      std::string(9000, 'x') + R"("}})";
  const Error error = refused(body);
  EXPECT_EQ(error.code, "[redacted]");
  EXPECT_EQ(error.message, "key [redacted] \xEF\xBF\xBD[31m");
  EXPECT_THAT(error.detail, HasSubstr("[redacted] xxx"));
  EXPECT_EQ(error.detail.size(), 4096u);
  EXPECT_LE(error.body_snippet.size(), 1024u);
  EXPECT_THAT(error.body_snippet, AllOf(Not(HasSubstr("canary")), Not(HasSubstr("63anary"))));
  EXPECT_LE(refused(R"({"code":")" + std::string(9000, 'x') + R"("})").code.size(), 256u);
}

TEST(DecodeError, HasTheKindOfTheStatusWhateverTheBodySays) {
  EXPECT_EQ(decoded(400, "{}").kind, ErrorKind::invalid_request);
  EXPECT_EQ(decoded(401, "").kind, ErrorKind::authentication);
  EXPECT_EQ(decoded(403, "x").kind, ErrorKind::permission_denied);
  EXPECT_EQ(decoded(404, "[]").kind, ErrorKind::not_found);
  EXPECT_EQ(decoded(429, R"({"code":"500"})").kind, ErrorKind::rate_limited);
  EXPECT_EQ(decoded(500, R"({"code":"401"})").kind, ErrorKind::server_error);
  EXPECT_EQ(decoded(302, "").kind, ErrorKind::redirect_refused);
  EXPECT_EQ(decoded(429, "").http_status, 429);
}

TEST(DecodeError, ReadsAnEnvelope) {
  const Error error = decoded(401, R"({"code":"401","msg":"unauthorized","data":{"errorMessage":"unknown key"}})");
  EXPECT_EQ(error.code, "401");
  EXPECT_EQ(error.message, "unauthorized");
  EXPECT_EQ(error.detail, "unknown key");
}

TEST(DecodeError, ReadsErrorMembers) {
  const Error object = decoded(400, R"({"error":{"message":"bad model","type":"invalid","code":"model_not_found"}})");
  EXPECT_EQ(object.code, "model_not_found");
  EXPECT_EQ(object.message, "bad model");
  const Error text = decoded(404, R"({"status":404,"error":"Not Found","message":"no such path"})");
  EXPECT_EQ(text.message, "Not Found");
  EXPECT_EQ(text.detail, "no such path");
}

TEST(DecodeError, ReadsAPlainMessage) {
  EXPECT_EQ(decoded(400, R"({"message":"bad"})").message, "bad");
  EXPECT_EQ(decoded(400, R"("bad")").message, "bad");
  EXPECT_EQ(decoded(400, "\xEF\xBB\xBF{\"msg\":\"bad \\ud800\"}").message, "bad \xEF\xBF\xBD");
}

TEST(DecodeError, NamesTheStatusWhereTheBodySaysNothing) {
  for (const char* const body : {"", "<html><h1>502 Bad Gateway</h1></html>", R"({"error":{"mess)", "\xff\xfe", "{}",
                                 R"({"code":"200","msg":"ok"})", "7", R"({"error":7,"msg":[]})"}) {
    EXPECT_EQ(decoded(502, body).message, "HTTP 502 Bad Gateway") << body;
  }
  EXPECT_EQ(decoded(418, "").message, "HTTP 418");
}

TEST(DecodeError, KeepsASnippetOfTheBody) {
  const Error error = decoded(502, "<html>\x1b[2J canary/secret \xff" + std::string(5000, 'x'));
  EXPECT_THAT(error.body_snippet, AllOf(HasSubstr("<html>"), HasSubstr(" [redacted] "), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(error.body_snippet.size(), 1024u);
  EXPECT_TRUE(simdjson::validate_utf8(error.body_snippet));
}

TEST(DecodeError, SurvivesDeepNesting) {
  EXPECT_EQ(decoded(500, std::string(100'000, '[') + std::string(100'000, ']')).kind, ErrorKind::server_error);
}

}  // namespace
}  // namespace chatopen::codec
