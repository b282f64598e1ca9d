#include "sandbox/turn.hpp"

#include "sandbox/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

const std::string ask = R"({"role":"user","content":"hi"})";
const std::string say = R"({"role":"assistant","content":"yes"})";
const std::string result = R"({"role":"tool","content":"sunny","tool_call_id":"call_1"})";
const std::string call = R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
                         R"("function":{"name":"f","arguments":"{}"}}]})";

Json reply(const std::string& messages, const std::string& directives) {
  const Answer answer = Service({"id", "secret"}, "http://pictures.example")
                            .serve({.method = "POST",
                                    .target = "/AIGCChatOpenServ/saas/m/text/v3",
                                    .headers = {{"X-Request-Req-Accesskeyid", "id"},
                                                {"X-Request-Req-Accesskeysecret", "secret"},
                                                {"Content-Type", "application/json"},
                                                {"X-Sandbox-Reply", "shape=completion; " + directives}},
                                    .body = R"({"messages":[)" + messages + "]}"});
  EXPECT_EQ(answer.status, 200) << answer.body;
  return parse_object(answer.body)["choices"][0]["message"];
}

std::string text(const std::string& messages, const std::string& directives) {
  return reply(messages, directives)["content"];
}

TEST(Turn, HasATextOfItsOwn) {
  EXPECT_EQ(text(ask, "texts=one|two%7C|three"), "one");
  EXPECT_EQ(text(ask + "," + say + "," + ask, "texts=one|two%7C|three"), "two|");
  EXPECT_EQ(text(ask + "," + say + "," + ask + "," + say + "," + ask, "texts=one|two|three"), "three");
  EXPECT_EQ(text(say + "," + say + "," + say + "," + say, "texts=one|two|three"), "three");
  EXPECT_EQ(text(ask, "texts=|two"), "");
}

TEST(Turn, CallsToolsUntilTheirResultsCame) {
  const Json calling = reply(ask, "tool-call=f, g; tool-arguments=%7B%7D");
  EXPECT_EQ(calling["content"], nullptr);
  ASSERT_EQ(calling["tool_calls"].size(), 2U);
  EXPECT_EQ(calling["tool_calls"][0]["id"], "call_1");
  EXPECT_EQ(calling["tool_calls"][1]["id"], "call_2");
  EXPECT_EQ(calling["tool_calls"][1]["function"]["name"], "g");
  EXPECT_EQ(calling["tool_calls"][1]["function"]["arguments"], "{}");
  const std::string once = ask + "," + call + "," + result;
  EXPECT_THAT(text(once, "tool-call=f"), testing::HasSubstr("tool for call_1: \"sunny\"")) << "it cites the result";
  const Json again = reply(once, "tool-call=f; tool-rounds=2");
  EXPECT_EQ(again["tool_calls"][0]["id"], "call_2") << "no identifier comes twice";
  EXPECT_TRUE(reply(once + "," + call + "," + result, "tool-call=f; tool-rounds=2")["content"].is_string());
  EXPECT_TRUE(reply(once + "," + say + "," + ask, "tool-call=f").contains("tool_calls")) << "another question";
}

}  // namespace
}  // namespace chatopen::sandbox
