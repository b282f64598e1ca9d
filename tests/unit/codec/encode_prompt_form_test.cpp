#include "encoded.hpp"

#include <gmock/gmock.h>

namespace chatopen::codec {
namespace {

using ::testing::HasSubstr;

TEST(PromptForm, CarriesTheUserTextAndTheSystemText) {
  const ChatRequest request{.messages = {Message::system("Be brief."), Message::user("say \"hi\"")}};
  EXPECT_EQ(encoded(request, WireForm::prompt), R"({"issue":"say \"hi\"","systemContent":"Be brief."})");
}

TEST(PromptForm, LeavesTheSystemTextOutWhenThereIsNone) {
  EXPECT_EQ(encoded({.messages = {Message::user("hi")}}, WireForm::prompt), R"({"issue":"hi"})");
}

TEST(PromptForm, TakesAMessageOfOneTextPart) {
  EXPECT_EQ(encoded({.messages = {Message::user({text("hi")})}}, WireForm::prompt), R"({"issue":"hi"})");
}

TEST(PromptForm, SendsTheSettingsThatAreSet) {
  ChatRequest request{.messages = {Message::user("hi")}};
  request.temperature = 0.5;
  request.stop = {"END"};
  request.extra = R"({"maxPromptToken":2048})";
  EXPECT_EQ(encoded(request, WireForm::prompt),
            R"({"issue":"hi","temperature":0.5,"stop":["END"],"maxPromptToken":2048})");
}

TEST(PromptForm, RefusesWhatItCannotExpressAndNamesTheMessage) {
  const std::pair<ChatRequest, const char*> cases[] = {
      {{.messages = {Message::user("a"), Message::user("b")}}, "messages[1] is a second user message"},
      {{.messages = {Message::system("a"), Message::user("b"), Message::system("c")}},
       "messages[2] is a second system message"},
      {{.messages = {Message::user("a"), Message::assistant("b")}}, "messages[1] is an assistant's"},
      {{.messages = {Message::user("a"), Message::tool("id", "b")}}, "messages[1] is a tool's"},
      {{.messages = {Message::system("a"), Message::user({image_url("https://h/a.png")})}},
       "messages[1] has a picture"},
      {{.messages = {Message::user({text("a"), text("b")})}}, "messages[0] has a picture or several parts"},
  };
  for (const auto& [request, message] : cases) {
    const Error error = refusal(request, WireForm::prompt);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr(message));
    EXPECT_THAT(error.message, HasSubstr("prompt form cannot express"));
    EXPECT_THAT(error.detail, HasSubstr("messages form"));
  }
}

TEST(PromptForm, RefusesToolsAndNamesTheEndpoint) {
  ChatRequest request{.endpoint = endpoints::deepseek_chat_streaming(), .messages = {Message::user("hi")}};
  EXPECT_EQ(encoded(request, WireForm::prompt), R"({"issue":"hi"})");
  request.tools = {{.name = "clock"}};
  const Error error = refusal(request, WireForm::prompt);
  EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
  EXPECT_THAT(error.message, HasSubstr("the endpoint deepseek-chat-streaming is of the prompt form"));
  EXPECT_THAT(error.detail, HasSubstr("messages form"));
  request.endpoint = Endpoint::custom("/mine/v1", WireForm::prompt);
  EXPECT_THAT(refusal(request, WireForm::prompt).message, HasSubstr("the endpoint /mine/v1 is of the prompt form"));
}

TEST(PromptForm, NeedsAUserText) {
  for (const ChatRequest& request :
       {ChatRequest{.messages = {Message::system("a")}}, ChatRequest{.messages = {Message::user({text("")})}}}) {
    const Error error = refusal(request, WireForm::prompt);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("no user message with a text"));
  }
}

TEST(PromptForm, ChecksWhatEveryFormChecks) {
  EXPECT_EQ(refusal({}, WireForm::prompt).message, "messages is empty");
  ChatRequest request{.messages = {Message::user("\xff")}};
  EXPECT_EQ(refusal(request, WireForm::prompt).message, "messages[0].content is not valid UTF-8");
  request.messages = {Message::user("hi")};
  request.max_tokens = 0;
  EXPECT_EQ(refusal(request, WireForm::prompt).message, "max_tokens is less than 1");
}

TEST(PromptForm, KeepsItsOwnMembersFromExtra) {
  ChatRequest request{.messages = {Message::user("hi")}};
  for (const char* name : {"issue", "systemContent"}) {
    request.extra = R"({")" + std::string(name) + R"(":"x"})";
    EXPECT_EQ(refusal(request, WireForm::prompt).message,
              "extra has the member \"" + std::string(name) + "\", which the request sets itself");
  }
  request.extra = R"({"messages":"no member of this form"})";
  EXPECT_EQ(encoded_json(request, WireForm::prompt)["messages"], "no member of this form");
}

}  // namespace
}  // namespace chatopen::codec
