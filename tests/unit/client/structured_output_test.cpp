#include "client_fixture.hpp"

#include <chatopen/json.hpp>
#include <chatopen/structured_output.hpp>

#include <gmock/gmock.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Person {
  std::string name;
  int age = 0;
};
void from_json(const nlohmann::json& json, Person& person) {
  json.at("name").get_to(person.name);
  json.at("age").get_to(person.age);
}

class StructuredOutput : public ClientOverMock {
 protected:
  void answers(const std::string& text, const std::string& finish_reason = "stop") {
    const nlohmann::json reply = {{"id", "r-1"},
                                  {"choices", {{{"message", {{"content", text}}}, {"finish_reason", finish_reason}}}},
                                  {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 2}, {"total_tokens", 12}}}};
    mock->reply({.body = reply.dump()});
  }
  [[nodiscard]] nlohmann::json sent() const { return nlohmann::json::parse(mock->requests().back().body); }

  ChatClient client = make();
};

std::string needs_name(const std::string& json) {
  return json.find("\"name\"") == std::string::npos ? "the member \"name\" is missing" : "";
}

TEST_F(StructuredOutput, ReturnsTheJsonOfAnAnswer) {
  answers("Sure:\n```json\n{\"name\": \"Ann\"}\n```");
  const auto answer = chat_json_text(client, question(), needs_name);
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->json, "{\"name\": \"Ann\"}");
  EXPECT_EQ(answer->answers, 1);
  EXPECT_EQ(answer->reply.request_id(), "r-1");
}

TEST_F(StructuredOutput, AsksAgainWithTheReason) {
  answers("I would rather not.");
  answers("{\"name\":");
  answers("{\"name\":\"Ann\"}");
  std::vector<std::string> faults;
  const auto answer = chat_json_text(client, question(), needs_name,
                                     {.on_answer = [&](const ChatReply& reply, const std::string& fault) {
                                       faults.push_back(reply.text() + " / " + fault);
                                     }});
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->json, "{\"name\":\"Ann\"}");
  EXPECT_EQ(answer->answers, 3);
  EXPECT_EQ(answer->usage.value().total_tokens, 36);
  EXPECT_THAT(faults, ElementsAre("I would rather not. / it has no JSON object or list",
                                  "{\"name\": / its JSON is not valid JSON at line 1, column 9 of the JSON",
                                  "{\"name\":\"Ann\"} / "));
  const nlohmann::json messages = sent()["messages"];
  ASSERT_EQ(messages.size(), 5U);
  EXPECT_EQ(messages[0]["content"], "hello");
  EXPECT_EQ(messages[1], (nlohmann::json{{"role", "assistant"}, {"content", "I would rather not."}}));
  EXPECT_EQ(messages[2]["role"], "user");
  EXPECT_EQ(messages[2]["content"],
            "That answer cannot be used: it has no JSON object or list. Answer again, with the corrected JSON only.");
  EXPECT_EQ(messages[3]["content"], "{\"name\":");
}

TEST_F(StructuredOutput, TriesEveryValueOfAnAnswer) {
  answers("As [1] says, {\"age\":3} or {\"name\":\"Ann\"}");
  const auto answer = chat_json_text(client, question(), needs_name);
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->json, "{\"name\":\"Ann\"}");
}

TEST_F(StructuredOutput, GivesUpAndSaysWhatItCost) {
  for (int i = 0; i < 3; ++i) answers("{\"age\":3} canary-secret-0815 " + std::string(3000, 'x'));
  const auto answer = chat_json_text(client, question(), needs_name);
  ASSERT_FALSE(answer);
  const Error& error = answer.error();
  EXPECT_EQ(error.kind, ErrorKind::protocol);
  EXPECT_EQ(error.message, "the model's answer cannot be used: the member \"name\" is missing");
  EXPECT_EQ(error.detail, "3 answers for 36 tokens (30 read, 6 written)");
  EXPECT_EQ(error.attempts, 3);
  EXPECT_EQ(error.request_id, "r-1");
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_THAT(error.body_snippet, ::testing::StartsWith("{\"age\":3} [redacted] xxx"));
  EXPECT_LE(error.body_snippet.size(), 1024U);
  EXPECT_EQ(mock->requests().size(), 3U);

  answers("no", "length");
  const auto once = chat_json_text(client, question(), needs_name, {.max_repairs = 0});
  EXPECT_THAT(once.error().message, HasSubstr("no JSON object or list; it was cut at the limit of tokens"));
  EXPECT_EQ(once.error().detail, "1 answer for 12 tokens (10 read, 2 written)");
  mock->reply({.body = hi_envelope});
  EXPECT_EQ(chat_json_text(client, question(), needs_name, {.max_repairs = 0}).error().detail, "1 answer");
  EXPECT_EQ(chat_json_text(client, question(), needs_name, {.max_repairs = -1}).error().kind,
            ErrorKind::invalid_argument);
}

TEST_F(StructuredOutput, SaysWhyItHadAskedAgainWhenThatFails) {
  answers("no");
  mock->fail(TransportFailure::connect);
  const auto answer = chat_json_text(client, question(), needs_name, {.call = {.retry = RetryPolicy::none()}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::connect);
  EXPECT_EQ(answer.error().attempts, 2);
  EXPECT_TRUE(answer.error().maybe_processed) << "the first answer was paid for";
  EXPECT_THAT(answer.error().detail, HasSubstr("it was asked again because it has no JSON object or list"));
  answers("{}");
  mock->fail(TransportFailure::connect);
  const auto hostile = [](const std::string&) { return std::string("it has \x1b[31m"); };
  EXPECT_THAT(chat_json_text(client, question(), hostile, {.call = {.retry = RetryPolicy::none()}}).error().detail,
              HasSubstr("it was asked again because it has \uFFFD[31m"));
}

TEST_F(StructuredOutput, PutsEverythingIntoThePromptOfThePromptForm) {
  for (const char* text : {"no", "neither", "{\"name\":1}"}) answers(text);
  const auto answer = chat_json_text(client,
                                     {.endpoint = endpoints::deepseek_chat_streaming(),
                                      .messages = {Message::system("JSON!"), Message::user({text("hello")})}},
                                     needs_name);
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(sent()["systemContent"], "JSON!");
  EXPECT_EQ(sent()["issue"],
            "hello\n\nYou have answered:\nneither\n\nThat answer cannot be used: it has no JSON object or list. Answer "
            "again, with the corrected JSON only.");
}

TEST_F(StructuredOutput, KnowsWhereAnEndpointHasAnotherForm) {
  ClientOptions overridden = options();
  overridden.endpoints = {{.name = "gpt-4o", .wire_form = WireForm::prompt}};
  answers("no");
  answers("{\"name\":1}");
  const auto answer = chat_json_text(make(overridden), question(), needs_name);
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_THAT(sent()["issue"].get<std::string>(), HasSubstr("hello\n\nYou have answered:\nno"));
}

TEST_F(StructuredOutput, GoesInSingleSteps) {
  answers("no");
  answers("{\"name\":1}");
  JsonLoop loop(client, question(), needs_name);
  while (!loop.done()) loop.accept(client.chat_async(loop.request()).get());
  loop.accept(Error{.kind = ErrorKind::timeout});
  EXPECT_EQ(std::move(loop).finish().value().json, "{\"name\":1}");
  // Fed by hand, with nothing that was asked.
  JsonLoop fed(client, {.endpoint = endpoints::deepseek_chat_streaming()}, needs_name);
  fed.accept(ChatReply({.text = "no"}));
  EXPECT_FALSE(fed.done());
  EXPECT_EQ(JsonLoop(client, question()).finish().error().kind, ErrorKind::cancelled);
}

TEST_F(StructuredOutput, HandsExceptionsOfTheValidatorOn) {
  answers("{}");
  EXPECT_THROW((void)chat_json_text(client, question(),
                                    [](const std::string&) -> std::string { throw std::runtime_error("mine"); }),
               std::runtime_error);
}

TEST_F(StructuredOutput, IsParsedForTheCaller) {
  answers("[1]");
  answers("{\"name\":[1,2]}");
  const auto json = chat_json(client, question(), [](const nlohmann::json& value) -> std::string {
    return value.is_object() ? "" : "it is no object";
  });
  ASSERT_TRUE(json) << json.error();
  EXPECT_EQ((*json)["name"][1], 2);
  answers("x [1]");
  EXPECT_EQ(chat_json(client, question()).value(), nlohmann::json::parse("[1]"));
  answers("7");
  EXPECT_EQ(chat_as<int>(client, question()).value(), 7);
}

TEST_F(StructuredOutput, BecomesATypeOfTheCaller) {
  answers(R"({"name":"Ann"})");
  answers(R"({"name":"Ann","age":"old"})");
  answers(R"({"name":"Ann","age":7})");
  const auto person = chat_as<Person>(client, question());
  ASSERT_TRUE(person) << person.error();
  EXPECT_EQ(person->name, "Ann");
  EXPECT_EQ(person->age, 7);
  const nlohmann::json messages = sent()["messages"];
  EXPECT_THAT(messages[2]["content"].get<std::string>(), HasSubstr("key 'age' not found"));
  EXPECT_THAT(messages[4]["content"].get<std::string>(), HasSubstr("type must be number, but is string"));

  answers(R"({"name":"Ann","age":-7})");
  const auto refused = chat_as<Person>(
      client, question(), [](const Person& found) -> std::string { return found.age < 0 ? "age is negative" : ""; },
      {.max_repairs = 0});
  EXPECT_THAT(refused.error().message, HasSubstr("age is negative"));
  answers(R"({"a":{"name":"Ann","age":7}})");
  const auto people = chat_as<std::map<std::string, Person>>(client, question());
  ASSERT_TRUE(people) << people.error();
  EXPECT_EQ(people->at("a").age, 7);
}

}  // namespace
}  // namespace chatopen
