#include "testing/cassette_redactor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::ElementsAre;

ChunkedText chunked(const std::vector<std::string>& chunks) {
  ChunkedText text;
  for (const std::string& chunk : chunks) text.append(chunk);
  return text;
}

std::string hidden(CassetteRedactor redactor, const std::string& body) {
  ChunkedText text = chunked({body});
  redactor.hide_in(text);
  return text.text;
}

TEST(CassetteRedactor, HidesHeadersByAnAllowList) {
  const CassetteRedactor redactor({.keep_headers = {"X-Tenant"}});
  const auto headers = redactor.headers(
      {{"Content-Type", "application/json"}, {"Authorization", "Bearer abc"}, {"X-Unknown", "1"}, {"x-tenant", "t"}});
  ASSERT_EQ(headers.size(), 4u);
  EXPECT_EQ(headers[0].value, "application/json");
  EXPECT_EQ(headers[1].value, "[redacted]");
  EXPECT_EQ(headers[2].value, "[redacted]");
  EXPECT_EQ(headers[3].value, "t");
}

TEST(CassetteRedactor, LeavesOutTheBoundaryOfAForm) {
  EXPECT_EQ(CassetteRedactor({}).headers({{"Content-Type", "multipart/form-data; boundary=x"}}).front().value,
            "multipart/form-data");
}

TEST(CassetteRedactor, HidesWhatHiddenHeadersCarryWhereverItStands) {
  CassetteRedactor redactor({});
  redactor.learn(
      {{"X-Request-Req-Accesskeysecret", "canary\"1"}, {"Authorization", "Bearer canary-2"}, {"X-Note", "not this"}});
  EXPECT_EQ(hidden(redactor, R"({"a":"canary\"1","b":"canary%221 canary-2, this"})"),
            R"({"a":"[redacted]","b":"[redacted] [redacted], this"})");
  EXPECT_EQ(redactor.url("https://me:canary-2@x.example/canary-2?key=canary-2#canary-2"),
            "https://x.example/[redacted]?key=[redacted]");
  EXPECT_EQ(redactor.headers({{"X-Request-Id", "canary-2"}}).front().value, "[redacted]");
}

TEST(CassetteRedactor, HidesTheParametersOfAQuery) {
  const CassetteRedactor redactor({.keep_parameters = {"page"}});
  EXPECT_EQ(redactor.url("https://x.example/a?page=2&token=t&flag"),
            "https://x.example/a?page=2&token=[redacted]&flag");
}

TEST(CassetteRedactor, HidesTheQueriesOfUrlsInBodies) {
  const CassetteRedactor redactor({.keep_parameters = {"page"}});
  EXPECT_EQ(
      hidden(redactor, R"({"url":"https://x.example/a?page=2\u0026token=t","say":"See http://x?b=1, or d?c=1"})"),
      R"({"url":"https://x.example/a?page=2\u0026token=[redacted]","say":"See http://x?b=[redacted], or d?c=1"})");
  EXPECT_EQ(hidden(redactor, hidden(redactor, "(https://x?b=1)")), "(https://x?b=[redacted])");
  Json value = Json::parse(R"({"json":["https://x?page=2&token=t",{"url":"https://x?empty="}]})");
  redactor.hide_in(value);
  EXPECT_EQ(to_line(value), R"({"json":["https://x?page=2&token=[redacted]",{"url":"https://x?empty=[redacted]"}]})");
}

TEST(CassetteRedactor, HidesQueriesAcrossChunksAndKeepsTheChunks) {
  CassetteRedactor redactor({});
  ChunkedText body = chunked({"data:{\"answer\":\"ht", "tps://x?a=can", "ary&b=ca", "nary\"}\n", "\n"});
  redactor.hide_in(body);
  EXPECT_THAT(body.chunks(),
              ElementsAre("data:{\"answer\":\"ht", "tps://x?a=[redacted]", "&b=[redacted]", "\"}\n", "\n"));
}

TEST(CassetteRedactor, LeavesJsonWhereANumberIsASecret) {
  CassetteRedactor redactor({});
  redactor.learn({{"X-Key", "2048"}, {"X-User", "null"}});
  EXPECT_EQ(hidden(redactor, R"({"max_tokens":2048,"seed":120481,"n":204,"a":[null,"2048"]})"),
            R"({"max_tokens":"[redacted]","seed":"[redacted]","n":204,"a":["[redacted]","[redacted]"]})");
  Json value = Json::parse(R"({"json":{"max_tokens":2048,"n":[204,null,true],"text":"is 2048"}})");
  redactor.hide_in(value);
  EXPECT_EQ(to_line(value), R"({"json":{"max_tokens":"[redacted]","n":[204,null,true],"text":"is [redacted]"}})");
}

TEST(CassetteRedactor, FindsASecretAcrossChunks) {
  CassetteRedactor redactor({});
  redactor.learn({{"X-Key", "canary"}});
  ChunkedText body = chunked({"a can", "ar", "y b", "c"});
  redactor.hide_in(body);
  EXPECT_THAT(body.chunks(), ElementsAre("a [redacted]", " b", "c"));
}

TEST(CassetteRedactor, HidesMembersByName) {
  const CassetteRedactor redactor({.redact_members = {"user"}});
  EXPECT_EQ(hidden(redactor, R"({"user":"bob","m":[{"user":{"id":1}},{"user":2}],"say":"user"})"),
            R"({"user":"[redacted]","m":[{"user":"[redacted]"},{"user":"[redacted]"}],"say":"user"})");
}

TEST(CassetteRedactor, HidesMembersByPointer) {
  const CassetteRedactor redactor({.redact_members = {"/messages/*/content", "/a~1b"}});
  EXPECT_EQ(hidden(redactor, R"({"messages":[{"content":"x"},{"content":["y"]}],"content":"z","a/b":1})"),
            R"({"messages":[{"content":"[redacted]"},{"content":"[redacted]"}],"content":"z","a/b":"[redacted]"})");
}

TEST(CassetteRedactor, HidesMembersInEventsAndKeepsTheChunks) {
  CassetteRedactor redactor({.redact_members = {"user", "/data/who"}});
  ChunkedText body = chunked({"data:{\"user\":\"b", "ob\",\"data\":{\"who\":\"bob\",\"answer\":\"h", "i\"}}\n\n"});
  redactor.hide_in(body);
  EXPECT_THAT(body.chunks(), ElementsAre("data:{\"user\":\"[redacted]\"",
                                         ",\"data\":{\"who\":\"[redacted]\",\"answer\":\"h", "i\"}}\n\n"));
}

TEST(CassetteRedactor, HidesMembersInWhatWasCut) {
  const CassetteRedactor redactor({.redact_members = {"user"}});
  EXPECT_EQ(hidden(redactor, R"({"a":[{"user":"bob the bui)"), R"({"a":[{"user":"[redacted]")");
}

TEST(CassetteRedactor, HidesMembersOfJsonInStrings) {
  const CassetteRedactor redactor({.redact_members = {"user"}});
  EXPECT_EQ(hidden(redactor, R"({"arguments":"{\"user\":\"bob\",\"n\":1}"})"),
            R"({"arguments":"{\"user\":\"[redacted]\",\"n\":1}"})");
  EXPECT_EQ(hidden(redactor, R"({"arguments":"{\"user\":\"bob the bui)"), R"({"arguments":"{\"user\":\"[redacted]\"")");
}

TEST(CassetteRedactor, HidesElsewhereWhatStoodInAMember) {
  CassetteRedactor redactor({.redact_members = {"user", "who"}});
  ChunkedText request = chunked({R"({"user":{"mail":"bob@x.example"},"who":"cut \"Bob)"});
  redactor.hide_in(request);
  EXPECT_EQ(hidden(redactor, R"({"answer":"Hi, \"bob@x.example\"!"})"), R"({"answer":"Hi, \"[redacted]\"!"})");
  EXPECT_EQ(redactor.url("https://x.example/bob%40x.example"), "https://x.example/[redacted]");
}

TEST(CassetteRedactor, HidesAUrlThatIsASecretAsAWhole) {
  const std::string url = "https://private.example/cap-TOKEN/x.png?v=1&w=2";
  CassetteRedactor redactor({.redact_members = {"url"}});
  const std::string before = hidden(redactor, "Earlier: " + url);
  EXPECT_EQ(before, "Earlier: https://private.example/cap-TOKEN/x.png?v=[redacted]&w=[redacted]");
  ChunkedText body = chunked({R"({"url":")" + url + R"(","text":"Here: )" + url + R"("})"});
  redactor.hide_in(body);
  EXPECT_EQ(body.text, R"({"url":"[redacted]","text":"Here: [redacted]"})");
  Json value = {"Here: " + url, url};
  redactor.hide_in(value);
  EXPECT_EQ(to_line(value), R"(["Here: [redacted]","[redacted]"])");
  EXPECT_EQ(redactor.url(url), "[redacted]");
  EXPECT_EQ(hidden(redactor, before), "Earlier: [redacted]");
}

TEST(CassetteRedactor, HidesAUrlInAHiddenHeaderAsAWhole) {
  CassetteRedactor redactor({});
  redactor.learn({{"X-Callback", "https://x.example/TOKEN?v=1"}});
  EXPECT_EQ(hidden(redactor, R"({"text":"To https://x.example/TOKEN?v=1"})"), R"({"text":"To [redacted]"})");
}

TEST(CassetteRedactor, HidesWhatASecretAndAQueryHaveOnlyInPart) {
  CassetteRedactor redactor({});
  redactor.learn({{"X-Key", "TOKEN?v=1"}});
  EXPECT_EQ(hidden(redactor, "(https://x.example/TOKEN?v=123)"), "(https://x.example/[redacted])");
  EXPECT_EQ(redactor.url("https://x.example/TOKEN?v=123&w=4"), "https://x.example/[redacted]&w=[redacted]");
}

TEST(CassetteRedactor, HidesPartsOfAForm) {
  CassetteRedactor redactor({.redact_members = {"user"}});
  redactor.learn({{"X-Key", "canary"}});
  Json parts = Json::parse(
      R"([{"name":"note","content":"from bobby"},{"name":"user","content":"bobby"},{"name":"file","filename":"canary.png","content":"x"}])");
  redactor.hide_in_form(parts);
  EXPECT_EQ(
      to_line(parts),
      R"([{"name":"note","content":"from [redacted]"},{"name":"user","content":"[redacted]"},{"name":"file","filename":"[redacted].png","content":"x"}])");
}

}  // namespace
}  // namespace chatopen::testing
