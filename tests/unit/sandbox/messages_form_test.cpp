#include "refusal.hpp"
#include "sandbox/forms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

std::string describe(const std::string& body) {
  return describe_messages_form(parse_object(body));
}

std::string describe_message(const std::string& message) {
  return describe(R"({"messages":[)" + message + "]}");
}

std::string describe_part(const std::string& part) {
  return describe_message(R"({"role":"user","content":[)" + part + "]}");
}

TEST(MessagesForm, DescribesTheDocumentedQuestion) {
  EXPECT_EQ(describe_part(R"({"type":"text","text":"what's the content of the picture?"},)"
                          R"({"type":"imageUrl","imageUrl":{"url":"https://example.com/a.jpg"}})"),
            R"(1 message: user: text "what's the content of the picture?" and picture https://example.com/a.jpg)");
}

TEST(MessagesForm, TellsAStringFromAListOfText) {
  EXPECT_EQ(describe_message(R"({"role":"user","content":"hi"})"), R"(1 message: user: "hi")");
  EXPECT_EQ(describe_part(R"({"type":"text","text":"hi"})"), R"(1 message: user: text "hi")");
}

TEST(MessagesForm, DescribesEveryMessageInOrder) {
  EXPECT_EQ(describe(R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},)"
                     R"({"role":"assistant","content":"Hello"},{"role":"user","content":"Bye"}]})"),
            R"(4 messages: system: "Be brief."; user: "Hi"; assistant: "Hello"; user: "Bye")");
}

TEST(MessagesForm, JoinsPartsAsASentenceDoes) {
  EXPECT_EQ(describe_part(R"({"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"text","text":"c"})"),
            R"(1 message: user: text "a", text "b" and text "c")");
}

TEST(MessagesForm, KeepsTextAsItCame) {
  EXPECT_EQ(describe_message(R"({"role":"user","content":"猫 \ud83d\ude00 \"\\\n"})"),
            R"(1 message: user: "猫 😀 \"\\\n")");
}

TEST(MessagesForm, DescribesToolCallsAndTheirResults) {
  EXPECT_EQ(describe_message(R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",)"
                             R"("function":{"name":"weather","arguments":"{}"}}]})"),
            "1 message: assistant: call c1 of weather with {}");
  EXPECT_EQ(describe_message(R"({"role":"assistant","content":"Wait","tool_calls":[{"id":"c1","type":"function",)"
                             R"("function":{"name":"weather","arguments":"{}"}}]})"),
            R"(1 message: assistant: "Wait" and call c1 of weather with {})");
  EXPECT_EQ(describe_message(R"({"role":"tool","content":"sunny","tool_call_id":"c1"})"),
            R"(1 message: tool for c1: "sunny")");
}

TEST(MessagesForm, RepeatsSettingsAndUnknownMembersInTheirOrder) {
  EXPECT_EQ(
      describe(R"({"temperature":0.5,"messages":[{"role":"user","content":"hi"}],"stop":["a"],"mine":{"b":[1]}})"),
      R"(1 message: user: "hi" (temperature: 0.5, stop: ["a"], mine: {"b":[1]}))");
}

struct Fault {
  const char* body;
  const char* refusal;
};

void PrintTo(const Fault& fault, std::ostream* stream) {
  *stream << fault.body;
}

class MessagesFormFault : public testing::TestWithParam<Fault> {};

TEST_P(MessagesFormFault, IsNamedWithItsPlace) {
  EXPECT_THAT(refusal_of([] { return describe(GetParam().body); }), testing::HasSubstr(GetParam().refusal));
}

INSTANTIATE_TEST_SUITE_P(Body, MessagesFormFault,
                         testing::Values(Fault{"", "the body is empty"},
                                         Fault{"[]", "the body must be an object, but is array"},
                                         Fault{"{", "the body is not valid JSON: parse error at line 1, column 2"},
                                         Fault{"{} {}", "the body is not valid JSON"},
                                         Fault{R"({"a":{"b":1,"b":2}})", R"(the member "b" twice)"},
                                         Fault{"{}", "messages is missing"},
                                         Fault{R"({"messages":{}})", "messages must be a list, but is object"},
                                         Fault{R"({"messages":[]})", "messages must not be empty"},
                                         Fault{R"({"issue":"hi"})", "issue: this path takes the messages form"}));

INSTANTIATE_TEST_SUITE_P(
    Message, MessagesFormFault,
    testing::Values(
        Fault{R"({"messages":["hi"]})", "messages[0] must be an object, but is string"},
        Fault{R"({"messages":[{"content":"hi"}]})", "messages[0].role is missing"},
        Fault{R"({"messages":[{"role":1,"content":"hi"}]})", "messages[0].role must be a string, but is number"},
        Fault{R"({"messages":[{"role":"User","content":"hi"}]})", R"(messages[0].role "User" is unknown)"},
        Fault{R"({"messages":[{"role":"user","content":"a"},{"role":"user"}]})", "messages[1].content is missing"},
        Fault{R"({"messages":[{"role":"user","content":null}]})",
              "messages[0].content must be a string or a list of parts, but is null"},
        Fault{R"({"messages":[{"role":"user","content":[]}]})", "messages[0].content must not be an empty list"},
        Fault{R"({"messages":[{"role":"user","content":"a","name":"b"}]})", "messages[0].name is not a member"},
        Fault{R"({"messages":[{"role":"user","tool_calls":[]}]})", "messages[0].tool_calls belong to an assistant"},
        Fault{R"({"messages":[{"role":"assistant","tool_calls":[]}]})", "messages[0].tool_calls must be a list"},
        Fault{R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"x"}]}]})",
              R"(messages[0].tool_calls[0].type must be "function")"},
        Fault{R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f",)"
              R"("arguments":{}}}]}]})",
              "messages[0].tool_calls[0].function.arguments must be a string, but is object"},
        Fault{R"({"messages":[{"role":"tool","content":"a"}]})", "messages[0].tool_call_id is missing"},
        Fault{R"({"messages":[{"role":"user","content":"a","tool_call_id":"b"}]})",
              "messages[0].tool_call_id belongs to a tool's message"}));

INSTANTIATE_TEST_SUITE_P(
    Part, MessagesFormFault,
    testing::Values(
        Fault{R"({"messages":[{"role":"user","content":["a"]}]})", "messages[0].content[0] must be an object"},
        Fault{R"({"messages":[{"role":"user","content":[{"text":"a"}]}]})", "content[0].type is missing"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"text"}]}]})", "content[0].text is missing"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"text","text":"a","b":1}]}]})",
              "content[0].b is not a member"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"audio"}]}]})",
              R"(content[0].type "audio" is unknown; expected text or imageUrl)"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
              R"(content[0].type "image_url" is unknown; this service spells it imageUrl)"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl","image_url":{"url":"x"}}]}]})",
              "content[0].image_url: this service spells it imageUrl"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl"}]}]})", "content[0].imageUrl is missing"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl","imageUrl":"x"}]}]})",
              "content[0].imageUrl must be an object, but is string"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl","imageUrl":{}}]}]})",
              "content[0].imageUrl.url is missing"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl","imageUrl":{"url":"x","detail":"low"}}]}]})",
              "content[0].imageUrl.detail is not a member"},
        Fault{R"({"messages":[{"role":"user","content":[{"type":"imageUrl","imageUrl":{"url":"a.jpg"}}]}]})",
              "content[0].imageUrl.url must be an http:, https: or data: URL"}));

class SettingFault : public testing::TestWithParam<Fault> {};

TEST_P(SettingFault, IsNamed) {
  const std::string body = R"({"messages":[{"role":"user","content":"hi"}],)" + std::string(GetParam().body) + "}";
  EXPECT_EQ(refusal_of([&body] { return describe(body); }), GetParam().refusal);
}

INSTANTIATE_TEST_SUITE_P(
    Type, SettingFault,
    testing::Values(Fault{R"("temperature":"0.5")", "temperature must be a number, but is string"},
                    Fault{R"("top_p":null)", "top_p must be a number, but is null"},
                    Fault{R"("max_tokens":1.5)", "max_tokens must be an integer of at least 1, but is number"},
                    Fault{R"("max_tokens":0)", "max_tokens must be an integer of at least 1, but is number"},
                    Fault{R"("seed":1.5)", "seed must be an integer, but is number"},
                    Fault{R"("stop":1)", "stop must be a string or an array of strings, but is number"},
                    Fault{R"("stop":["a",1])", "stop must be a string or an array of strings, but is array"},
                    Fault{R"("response_format":"json")", "response_format must be an object, but is string"},
                    Fault{R"("stream":"yes")", "stream must be true or false, but is string"},
                    Fault{R"("tool_choice":1)", "tool_choice must be a string or an object, but is number"},
                    Fault{R"("tools":{})", "tools must be an array, but is object"},
                    Fault{R"("tools":[1])", "tools[0] must be an object, but is number"},
                    Fault{R"("tools":[{"type":"f"}])", R"(tools[0].type must be "function")"},
                    Fault{R"("tools":[{"type":"function"}])", "tools[0].function is missing"},
                    Fault{R"("tools":[{"type":"function","function":{"name":""}}])",
                          "tools[0].function.name must not be empty"},
                    Fault{R"("tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}])",
                          "tools[0].function.parameters must be an object, but is string"}));

TEST(MessagesForm, AcceptsEverySettingOfTheRightType) {
  const std::string settings =
      R"("temperature":0,"top_p":1.0,"max_tokens":1,"seed":-1,"stop":"a","response_format":{},"stream":false,)"
      R"("tool_choice":{},"tools":[{"type":"function","function":{"name":"f","parameters":{}}}])";
  EXPECT_EQ(refusal_of([&] { return describe(R"({"messages":[{"role":"user","content":"hi"}],)" + settings + "}"); }),
            "");
}

TEST(MessagesForm, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(refusal_of([] { return describe("{\"messages\":\"\xff\"}"); }),
              testing::HasSubstr("the body is not valid JSON"));
}

TEST(MessagesForm, RefusesNestingThatNoRequestNeeds) {
  const std::string deep = R"({"messages":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(refusal_of([&deep] { return describe(deep); }), "the body is nested deeper than 100 levels");
}

}  // namespace
}  // namespace chatopen::sandbox
