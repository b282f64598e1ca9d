#include "encoded.hpp"

#include <limits>

namespace chatopen::codec {
namespace {

using nlohmann::json;

ChatRequest question() {
  return {.messages = {Message::user("hi")}};
}

TEST(MessagesForm, IsTheDocumentedBody) {
  const ChatRequest request{.messages = {Message::user(
                                {text("what's the content of the picture?"), image_url("https://example.com/a.jpg")})}};
  EXPECT_EQ(encoded(request), R"({"messages":[{"role":"user","content":[)"
                              R"({"type":"text","text":"what's the content of the picture?"},)"
                              R"({"type":"imageUrl","imageUrl":{"url":"https://example.com/a.jpg"}}]}]})");
}

TEST(MessagesForm, SendsOnlyWhatIsSet) {
  EXPECT_EQ(encoded(question()), R"({"messages":[{"role":"user","content":"hi"}]})");
}

TEST(MessagesForm, KeepsTheOrderAndTheRolesOfMessages) {
  Message calls = Message::assistant("");
  calls.tool_calls = {{.id = "c1", .name = "weather", .arguments = R"({"city":"Oslo"})"}, {.id = "c2", .name = "time"}};
  const ChatRequest request{.messages = {Message::system("Be brief."), Message::user("Weather?"), calls,
                                         Message::tool("c1", "rain"), Message::assistant("It rains.")}};
  EXPECT_EQ(encoded_json(request)["messages"], json::parse(R"([
      {"role":"system","content":"Be brief."},
      {"role":"user","content":"Weather?"},
      {"role":"assistant","content":"","tool_calls":[
        {"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},
        {"id":"c2","type":"function","function":{"name":"time","arguments":""}}]},
      {"role":"tool","content":"rain","tool_call_id":"c1"},
      {"role":"assistant","content":"It rains."}])"));
}

TEST(MessagesForm, SpellsTheSettingsAsChatCompletionsDo) {
  ChatRequest request = question();
  request.temperature = 0.7;
  request.top_p = 1;
  request.max_tokens = 256;
  request.stop = {"END", "\n\n"};
  request.seed = std::numeric_limits<std::int64_t>::min();
  request.response_format = R"({"type":"json_object"})";
  request.tools = {{.name = "weather", .description = "Tells it.", .parameters = R"({"type":"object"})"},
                   {.name = "time"}};
  request.tool_choice = "auto";
  json body = encoded_json(request);
  body.erase("messages");
  EXPECT_EQ(body, json::parse(R"({"temperature":0.7,"top_p":1,"max_tokens":256,"stop":["END","\n\n"],
      "seed":-9223372036854775808,"response_format":{"type":"json_object"},"tool_choice":"auto","tools":[
        {"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object"}}},
        {"type":"function","function":{"name":"time"}}]})"));
}

TEST(MessagesForm, SendsAToolChoiceAsAWordOrAsAnObject) {
  ChatRequest request = question();
  for (const char* word : {"auto", "none", "required"}) {
    request.tool_choice = word;
    EXPECT_EQ(encoded_json(request)["tool_choice"], word);
  }
  request.tool_choice = R"( {"type":"function","function":{"name":"time"}})";
  EXPECT_EQ(encoded_json(request)["tool_choice"], json::parse(request.tool_choice));
}

TEST(MessagesForm, SendsJsonOfTheCallerVerbatim) {
  ChatRequest request = question();
  request.response_format = R"({ "b" : 1.50, "a":"\u00e9" })";
  request.tools = {{.name = "t", .parameters = "{ \"z\":1,\n \"a\":2 }"}};
  request.extra = R"( { "stream_options" : {"x":[1 , 2.0]}, "user":"é" } )";
  const std::string body = encoded(request);
  EXPECT_NE(body.find(R"("response_format":{ "b" : 1.50, "a":"\u00e9" },)"), std::string::npos) << body;
  EXPECT_NE(body.find("\"parameters\":{ \"z\":1,\n \"a\":2 }}"), std::string::npos) << body;
  EXPECT_NE(body.find(R"(, "stream_options" : {"x":[1 , 2.0]}, "user":"é" })"), std::string::npos) << body;
  EXPECT_EQ(json::parse(body)["stream_options"]["x"][1], 2.0);
}

TEST(MessagesForm, AddsNothingForExtraWithoutMembers) {
  ChatRequest request = question();
  request.extra = " { } ";
  EXPECT_EQ(encoded(request), encoded(question()));
}

TEST(MessagesForm, CarriesAnyTextUnchanged) {
  std::string hard;
  for (char c = 0; c >= 0 && c < 0x7f; ++c) hard += c;
  hard += "\x7f é 猫 \U0001F408 \xe2\x80\xa8 </script> \\u0041";
  ChatRequest request{
      .messages = {Message::system(hard), Message::user({text(hard), image_url("data:," + std::string("é\"\\"))})}};
  request.stop = {hard};
  request.tools = {{.name = hard, .description = hard}};
  const json body = encoded_json(request);
  EXPECT_EQ(body["messages"][0]["content"], hard);
  EXPECT_EQ(body["messages"][1]["content"][0]["text"], hard);
  EXPECT_EQ(body["messages"][1]["content"][1]["imageUrl"]["url"], "data:,é\"\\");
  EXPECT_EQ(body["stop"][0], hard);
  EXPECT_EQ(body["tools"][0]["function"]["name"], hard);
  EXPECT_EQ(body["tools"][0]["function"]["description"], hard);
}

TEST(MessagesForm, AcceptsPictureUrlsOfEveryKnownScheme) {
  for (const char* url : {"http://h/a.png", "HTTPS://h", "https://猫.example/a b.png", "data:image/png;base64,AAAA"}) {
    const ChatRequest request{.messages = {Message::user({image_url(url)})}};
    EXPECT_EQ(encoded_json(request)["messages"][0]["content"][0]["imageUrl"]["url"], url);
  }
}

TEST(MessagesForm, LetsExtraSetWhatTheRequestLeavesOut) {
  ChatRequest request = question();
  request.extra = R"({"temperature":0.5,"stream":false,"issue":"no member of this form"})";
  const json body = encoded_json(request);
  EXPECT_EQ(body["temperature"], 0.5);
  EXPECT_EQ(body["issue"], "no member of this form");
}

}  // namespace
}  // namespace chatopen::codec
