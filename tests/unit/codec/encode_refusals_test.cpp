#include "encoded.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <limits>

namespace chatopen::codec {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string broken = "ok \xc3\x28";
constexpr double infinity = std::numeric_limits<double>::infinity();

ChatRequest with(const std::function<void(ChatRequest&)>& change) {
  ChatRequest request{.messages = {Message::system("s"), Message::user("hi")}};
  change(request);
  return request;
}

TEST(EncodeRefusals, NameTheFieldThatIsNotUtf8) {
  const auto assistant_with = [](ToolCall call) {
    Message message = Message::assistant("");
    message.tool_calls = {{.id = "a"}, std::move(call)};
    return message;
  };
  const std::pair<const char*, std::function<void(ChatRequest&)>> fields[] = {
      {"messages[0].content", [](auto& r) { r.messages[0] = Message::system(broken); }},
      {"messages[1].content[0].text", [](auto& r) { r.messages[1] = Message::user({text(broken)}); }},
      {"messages[1].content[1].imageUrl.url",
       [](auto& r) {
         r.messages[1] = Message::user({text("a"), image_url("https://h/" + broken)});
       }},
      {"messages[2].tool_calls[1].id", [&](auto& r) { r.messages.push_back(assistant_with({.id = broken})); }},
      {"messages[2].tool_calls[1].name", [&](auto& r) { r.messages.push_back(assistant_with({.name = broken})); }},
      {"messages[2].tool_calls[1].arguments",
       [&](auto& r) { r.messages.push_back(assistant_with({.arguments = broken})); }},
      {"messages[2].tool_call_id", [](auto& r) { r.messages.push_back(Message::tool(broken, "a")); }},
      {"messages[2].content", [](auto& r) { r.messages.push_back(Message::tool("a", broken)); }},
      {"stop[1]",
       [](auto& r) {
         r.stop = {"a", broken};
       }},
      {"tools[0].name", [](auto& r) { r.tools = {{.name = broken}}; }},
      {"tools[0].description", [](auto& r) { r.tools = {{.name = "a", .description = broken}}; }},
      {"tools[0].parameters", [](auto& r) { r.tools = {{.name = "a", .parameters = "{\"a\":\"" + broken + "\"}"}}; }},
      {"response_format", [](auto& r) { r.response_format = "{\"a\":\"" + broken + "\"}"; }},
      {"tool_choice", [](auto& r) { r.tool_choice = "{\"a\":\"" + broken + "\"}"; }},
      {"extra", [](auto& r) { r.extra = "{\"" + broken + "\":1}"; }},
  };
  for (const auto& [field, change] : fields) {
    const Error error = refusal(with(change));
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << field;
    EXPECT_EQ(error.message, std::string(field) + " is not valid UTF-8");
  }
}

TEST(EncodeRefusals, TakeEveryFormOfInvalidUtf8) {
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_EQ(refusal({.messages = {Message::user(bytes)}}).message, "messages[0].content is not valid UTF-8");
  }
}

TEST(EncodeRefusals, NameTheJsonThatIsNone) {
  const std::pair<const char*, std::function<void(ChatRequest&, const char*)>> fields[] = {
      {"response_format", [](auto& r, auto json) { r.response_format = json; }},
      {"tools[1].parameters",
       [](auto& r, auto json) {
         r.tools = {{.name = "a"}, {.name = "b", .parameters = json}};
       }},
      {"extra", [](auto& r, auto json) { r.extra = json; }},
  };
  for (const auto& [field, set] : fields) {
    ChatRequest request{.messages = {Message::user("hi")}};
    set(request, R"({"a":1,})");
    EXPECT_EQ(refusal(request).kind, ErrorKind::invalid_argument);
    EXPECT_EQ(refusal(request).message, std::string(field) + " is not valid JSON");
    set(request, "[]");
    EXPECT_EQ(refusal(request).message, std::string(field) + " is not a JSON object");
  }
}

TEST(EncodeRefusals, NameASettingThatCannotBeSent) {
  const std::pair<const char*, std::function<void(ChatRequest&)>> settings[] = {
      {"temperature is not finite", [](auto& r) { r.temperature = std::numeric_limits<double>::quiet_NaN(); }},
      {"temperature is not finite", [](auto& r) { r.temperature = -infinity; }},
      {"top_p is not finite", [](auto& r) { r.top_p = infinity; }},
      {"max_tokens is less than 1", [](auto& r) { r.max_tokens = 0; }},
      {"tools[0].name is empty", [](auto& r) { r.tools = {{.description = "d"}}; }},
      {"tool_choice is neither", [](auto& r) { r.tool_choice = "any"; }},
      {"tool_choice is not valid JSON", [](auto& r) { r.tool_choice = "{\"type\""; }},
  };
  for (const auto& [message, change] : settings) {
    const Error error = refusal(with(change));
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << message;
    EXPECT_THAT(error.message, StartsWith(message));
  }
}

TEST(EncodeRefusals, NameAMessageThatCannotBeSent) {
  Message user_with_calls = Message::user("a");
  user_with_calls.tool_calls = {{.id = "c"}};
  Message user_with_id = Message::user("a");
  user_with_id.tool_call_id = "c";
  Message text_and_parts = Message::user({text("a")});
  text_and_parts.text = "b";
  Message of_no_role = Message::user("a");
  of_no_role.role = static_cast<Role>(9);
  const std::pair<const char*, Message> messages[] = {
      {"messages[0].content is empty", Message::user(std::vector<ContentPart>())},
      {"messages[0].content is empty", Message::user("")},
      {"messages[0].content is both a text and parts", text_and_parts},
      {"messages[0].tool_calls is set", user_with_calls},
      {"messages[0].tool_call_id is set", user_with_id},
      {"messages[0].tool_call_id is empty", Message::tool("", "a")},
      {"messages[0].role is no known role", of_no_role},
  };
  for (const auto& [what, message] : messages) {
    const Error error = refusal({.messages = {message}});
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << what;
    EXPECT_THAT(error.message, StartsWith(what));
  }
  EXPECT_EQ(refusal({}).message, "messages is empty");
  EXPECT_EQ(refusal({}).kind, ErrorKind::invalid_argument);
}

TEST(EncodeRefusals, TakeWhatIsNoPictureUrl) {
  for (const char* url : {"", "a.png", "/a.png", "file:///a.png", "ftp://h/a.png", "https:", "https://", "https:///a",
                          "http:h", "data:", "httpsx://h", "://h"}) {
    const Error error = refusal({.messages = {Message::user({text("a"), image_url(url)})}});
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << url;
    EXPECT_EQ(error.message, "messages[0].content[1].imageUrl.url is no http, https or data URL") << url;
  }
  EXPECT_THAT(refusal({.messages = {Message::user({image_url("data:image/png;base64,AA\nAA")})}}).message,
              HasSubstr("imageUrl.url has a control character"));
}

TEST(EncodeRefusals, TakeAMemberOfExtraThatTheRequestSets) {
  const std::pair<const char*, std::function<void(ChatRequest&)>> members[] = {
      {"messages", [](auto&) {}},
      {"temperature", [](auto& r) { r.temperature = 1; }},
      {"top_p", [](auto& r) { r.top_p = 1; }},
      {"max_tokens", [](auto& r) { r.max_tokens = 1; }},
      {"stop", [](auto& r) { r.stop = {"a"}; }},
      {"seed", [](auto& r) { r.seed = 0; }},
      {"response_format", [](auto& r) { r.response_format = "{}"; }},
      {"tools", [](auto& r) { r.tools = {{.name = "a"}}; }},
      {"tool_choice", [](auto& r) { r.tool_choice = "auto"; }},
  };
  for (const auto& [name, change] : members) {
    ChatRequest request = with(change);
    request.extra = R"({"a":1,")" + std::string(name) + R"(":null})";
    const Error error = refusal(request);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
    EXPECT_EQ(error.message, "extra has the member \"" + std::string(name) + "\", which the request sets itself");
  }
}

TEST(EncodeRefusals, SeeThroughEscapesInTheNamesOfExtra) {
  const Error error = refusal(with([](auto& r) { r.extra = R"({"\u006dessages":[]})"; }));
  EXPECT_THAT(error.message, HasSubstr("\"messages\", which the request sets itself"));
}

TEST(EncodeRefusals, TakeAMemberOfExtraThatComesTwice) {
  const Error error = refusal(with([](auto& r) { r.extra = R"({"b":1,"a":2,"b":3})"; }));
  EXPECT_EQ(error.message, "extra has the member \"b\" twice");
}

TEST(EncodeRefusals, TakeFormsThatCarryNoChat) {
  for (const WireForm form : {WireForm::image, WireForm::upload}) {
    const Error error = refusal(with([](auto&) {}), form);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("'" + std::string(to_string(form)) + "' takes no chat"));
  }
}

}  // namespace
}  // namespace chatopen::codec
