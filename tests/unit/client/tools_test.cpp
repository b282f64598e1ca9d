#include "conversation_texts.hpp"
#include "tools_fixture.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(RunTools, TellsTheModelTheResultsUntilItAnswers) {
  calls(call("c1", "weather", R"({\"city\":\"Oslo\"})") + "," + call("c2", "weather", ""), "\"Let me look.\"");
  calls(call("c3", "weather", R"({\"city\":\"Rome\"})"));
  answers("Sunny everywhere.");
  const ToolRun run = run_tools(client, question(), {weather()});
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_EQ(run.reply->text(), "Sunny everywhere.");
  EXPECT_THAT(seen, ElementsAre(R"({"city":"Oslo"})", "{}", R"({"city":"Rome"})"));
  EXPECT_EQ(run.steps, 3);
  ASSERT_TRUE(run.usage);
  EXPECT_EQ(run.usage->prompt_tokens, 40);
  EXPECT_EQ(run.usage->completion_tokens, 7);
  EXPECT_EQ(run.usage->total_tokens, 47);
  EXPECT_THAT(told(run.transcript),
              ElementsAre(R"(assistant:Let me look.|c1=weather{"city":"Oslo"}|c2=weather)", "tool:sunny|for c1",
                          "tool:sunny|for c2", R"(assistant:|c3=weather{"city":"Rome"})", "tool:sunny|for c3",
                          "assistant:Sunny everywhere."));
  EXPECT_THAT(sent(0),
              HasSubstr(R"("tools":[{"type":"function","function":{"name":"weather","description":"The weather.)"
                        R"(","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":)"
                        R"(["city"]}}}])"));
  EXPECT_THAT(sent(1), HasSubstr(R"({"role":"tool","content":"sunny","tool_call_id":"c1"},)"
                                 R"({"role":"tool","content":"sunny","tool_call_id":"c2"}])"));
  EXPECT_THAT(sent(2), HasSubstr(R"("tool_call_id":"c3"}])"));
}

TEST_F(RunTools, NeedsNoTool) {
  answers("Hi.");
  const ToolRun run = run_tools(client, question(), {});
  ASSERT_TRUE(run.reply);
  EXPECT_EQ(run.steps, 1);
  EXPECT_THAT(told(run.transcript), ElementsAre("assistant:Hi."));
}

TEST_F(RunTools, EndsAtTheLimitOfSteps) {
  calls(call("c1", "weather", "{}"));
  calls(call("c2", "weather", "{}"));
  const ToolRun run = run_tools(client, question(), {weather()}, {.max_steps = 2});
  ASSERT_FALSE(run.reply);
  EXPECT_EQ(run.reply.error().kind, ErrorKind::too_large);
  EXPECT_THAT(run.reply.error().message, HasSubstr("after 2 steps"));
  EXPECT_TRUE(run.reply.error().maybe_processed);
  EXPECT_EQ(seen.size(), 1U) << "what nobody will be told does not run";
  EXPECT_EQ(run.steps, 2);
  EXPECT_EQ(run.usage.value().total_tokens, 24);
  EXPECT_THAT(told(run.transcript),
              ElementsAre("assistant:|c1=weather{}", "tool:sunny|for c1", "assistant:|c2=weather{}"));
}

TEST_F(RunTools, CountsASingleStep) {
  calls(call("c1", "weather", "{}"));
  EXPECT_THAT(run_tools(client, question(), {weather()}, {.max_steps = 1}).reply.error().message,
              EndsWith("after 1 step"));
}

TEST_F(RunTools, KeepsWhatHappenedBeforeAFailedCall) {
  calls(call("c1", "weather", "{}"));
  mock->reply({.status = 500, .body = R"({"code":"500","msg":"no"})"});
  const ToolRun run = run_tools(client, question(), {weather()}, {.call = {.retry = RetryPolicy::none()}});
  ASSERT_FALSE(run.reply);
  EXPECT_EQ(run.reply.error().kind, ErrorKind::server_error);
  EXPECT_TRUE(run.reply.error().maybe_processed);
  EXPECT_EQ(run.steps, 2);
  EXPECT_THAT(told(run.transcript), ElementsAre("assistant:|c1=weather{}", "tool:sunny|for c1"));
}

TEST_F(RunTools, RunsNoMoreHandlersOnceItIsCancelled) {
  CancelSource source;
  ToolHandler cancelling = weather();
  cancelling.run = [&](const std::string& arguments) -> Result<std::string> {
    seen.push_back(arguments);
    source.cancel();
    return std::string("last");
  };
  calls(call("c1", "weather", "{}") + "," + call("c2", "weather", "{}"));
  const ToolRun run = run_tools(client, question(), {cancelling}, {.call = {.cancel = source.token()}});
  ASSERT_FALSE(run.reply);
  EXPECT_EQ(run.reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(run.transcript.size(), 2U);
}

// Calls that cannot be run, and what is said about them.
TEST_F(RunTools, TellsTheModelWhatIsWrong) {
  const std::vector<std::tuple<std::string, ToolHandler, std::string>> faults = {
      {call("c1", "wether", "{}"), weather(), "there is no tool of this name (the tools are: weather)"},
      {call("c1", "weather", R"({\"city\":)"), weather(), "the arguments are not valid JSON at line 1, column 9"},
      {call("c1", "weather", "[]"), weather(), "the arguments are no JSON object"},
      {call("c1", "weather", "{}"), failing({.message = "no such city", .detail = "try Oslo"}),
       "no such city (try Oslo)"},
      {call("c1", "weather", "{}"), failing({.message = "busy"}), "busy"},
      {call("c1", "weather", "{}"),
       {.tool = {.name = "weather"}, .run = [](const std::string&) { return Result<std::string>("\xff"); }},
       "it returned text that is not valid UTF-8"},
      {call("c1", "weather", "{}"), failing({.message = "\xff"}), "the tool failed"},
  };
  for (const auto& [wanted, handler, expected] : faults) {
    calls(wanted);
    answers("Sorry.");
    const ToolRun run = run_tools(client, question(), {handler});
    ASSERT_TRUE(run.reply) << run.reply.error();
    EXPECT_EQ(told(run.transcript.at(1)), "tool:error: " + expected + "|for c1");
    EXPECT_EQ(run.steps, 2);

    if (expected == "the tool failed") continue;
    calls(wanted);
    const ToolRun ended = run_tools(client, question(), {handler}, {.on_fault = ToolFault::end_run});
    ASSERT_FALSE(ended.reply);
    EXPECT_THAT(ended.reply.error().message, HasSubstr("the tool "));
    EXPECT_THAT(to_string(ended.reply.error()), HasSubstr(expected.substr(0, expected.find(" ("))));
    EXPECT_TRUE(ended.reply.error().maybe_processed);
    EXPECT_EQ(ended.transcript.size(), 1U);
  }
  EXPECT_THAT(seen, IsEmpty());
}

TEST_F(RunTools, EndsWithTheHandlersOwnError) {
  calls(call("c1", "weather", "{}"));
  const ToolRun run = run_tools(client, question(), {failing({.kind = ErrorKind::io, .message = "disk full"})},
                                {.on_fault = ToolFault::end_run});
  EXPECT_EQ(run.reply.error().kind, ErrorKind::io);
  EXPECT_EQ(run.reply.error().message, "the tool weather: disk full");
}

TEST_F(RunTools, PrintsNamesOfTheModelWithoutControlCharacters) {
  calls(call("c1", R"(\u001b[31m)", "{}"));
  const ToolRun run = run_tools(client, question(), {weather()}, {.on_fault = ToolFault::end_run});
  EXPECT_EQ(run.reply.error().message, "the tool \uFFFD[31m: there is no tool of this name");
}

TEST_F(RunTools, HandsExceptionsOfHandlersOn) {
  const ToolHandler thrower{.tool = {.name = "weather"},
                            .run = [](const std::string&) -> Result<std::string> { throw std::runtime_error("mine"); }};
  calls(call("c1", "weather", "{}"));
  EXPECT_THROW((void)run_tools(client, question(), {thrower}), std::runtime_error);
  calls(call("c1", "weather", "{}"));
  const auto refuse = [](const ToolCall&) -> ToolApproval { throw std::runtime_error("mine"); };
  EXPECT_THROW((void)run_tools(client, question(), {weather()}, {.approve = refuse}), std::runtime_error);
  // In single steps, what happened is still there.
  calls(call("c1", "weather", "{}"));
  ToolLoop loop(question(), {thrower});
  EXPECT_THROW(loop.accept(client.chat(loop.request())), std::runtime_error);
  EXPECT_TRUE(loop.done());
  const ToolRun run = std::move(loop).finish();
  EXPECT_EQ(run.reply.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(run.transcript.size(), 1U);
}

TEST_F(RunTools, RefusesWhatCannotBeRun) {
  const auto refused = [&](std::vector<ToolHandler> handlers, ToolOptions options = {}) {
    const ToolRun run = run_tools(client, question(), std::move(handlers), std::move(options));
    EXPECT_EQ(run.reply.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(run.steps, 0);
    return run.reply.error().message;
  };
  EXPECT_EQ(refused({weather(), weather()}), "two handlers are named weather");
  EXPECT_EQ(refused({{.tool = {.name = "a"}}}), "handlers[0].run is empty");
  EXPECT_EQ(refused({weather()}, {.max_steps = 0}), "max_steps is less than 1");
  ToolHandler nameless = weather();
  nameless.tool.name.clear();
  const ToolRun run = run_tools(client, question(), {nameless});
  EXPECT_EQ(run.reply.error().message, "tools[0].name is empty");
  EXPECT_THAT(mock->requests(), IsEmpty());
}

TEST_F(RunTools, SendsNothingToAnEndpointOfThePromptForm) {
  const Endpoint endpoint = Endpoint::custom("/mine/v1", WireForm::prompt);
  ChatRequest request = question();
  request.endpoint = endpoint;
  Conversation conversation(client, endpoint);
  ToolLoop loop(request, {weather()});
  for (const Result<ChatReply>& refused :
       {run_tools(client, request, {weather()}).reply, run_tools(conversation, "Sunny?", {weather()}).reply,
        client.chat(loop.request())}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(refused.error().message, HasSubstr("the endpoint /mine/v1 is of the prompt form"));
    EXPECT_FALSE(refused.error().maybe_processed);
  }
  EXPECT_THAT(mock->requests(), IsEmpty());
}

TEST_F(RunTools, NamesCallsThatHaveNoId) {
  calls(call("", "weather", "{}") + R"(,{"function":{"name":"weather","arguments":{"city":"Oslo"}}})");
  answers("Sunny.");
  const ToolRun run = run_tools(client, question(), {weather()});
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_THAT(told(run.transcript),
              ElementsAre(R"(assistant:|call_1_1=weather{}|call_1_2=weather{"city":"Oslo"})", "tool:sunny|for call_1_1",
                          "tool:sunny|for call_1_2", "assistant:Sunny."));
}

TEST_F(RunTools, ForcesAToolOnlyOnce) {
  for (const std::string choice : {"required", R"({"type":"function","function":{"name":"weather"}})"}) {
    calls(call("c1", "weather", "{}"));
    answers("Sunny.");
    ChatRequest request = question();
    request.tool_choice = choice;
    ASSERT_TRUE(run_tools(client, request, {weather()}).reply);
    const std::size_t last = mock->requests().size() - 1;
    EXPECT_THAT(sent(last - 1), HasSubstr("tool_choice"));
    EXPECT_THAT(sent(last), Not(HasSubstr("tool_choice")));
  }
  calls(call("c1", "weather", "{}"));
  answers("Sunny.");
  ChatRequest request = question();
  request.tool_choice = "auto";
  request.tools = {{.name = "weather", .description = "mine"}};
  ASSERT_TRUE(run_tools(client, request, {weather()}).reply);
  const std::string body = mock->requests().back().body;
  EXPECT_THAT(body, HasSubstr(R"("tool_choice":"auto")"));
  EXPECT_THAT(body, HasSubstr(R"("tools":[{"type":"function","function":{"name":"weather","description":"mine"}}])"));
}

TEST_F(StreamedTools, AreRunOnceTheirCallsAreWhole) {
  stream_a_call();
  mock->reply_stream({answer_event("Sun"), answer_event("ny."), done_event});
  std::string heard;
  std::string pieces;
  const ToolRun run = run_tools(client, question(), {weather()}, [&](const ChatDelta& delta) {
    heard += delta.text;
    if (delta.tool_call) pieces += delta.tool_call->arguments;
  });
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_EQ(heard, "Sunny.");
  EXPECT_EQ(pieces, R"({"city":"Oslo"})");
  EXPECT_THAT(seen, ElementsAre(R"({"city":"Oslo"})"));
  EXPECT_THAT(sent(0), HasSubstr(R"("stream":true)"));
}

TEST_F(StreamedTools, DoNotRunWhenTheCallbackStops) {
  stream_a_call();
  const ToolRun run =
      run_tools(client, question(), {weather()}, [](const ChatDelta&) { return false; }, {.max_steps = 3});
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_THAT(run.transcript, IsEmpty());
  EXPECT_EQ(run.steps, 1);
}

TEST_F(ToolsInConversation, BelongToTheExchange) {
  calls(call("c1", "weather", "{}"));
  answers("Sunny.");
  ASSERT_TRUE(run_tools(conversation, "Weather?", {weather()}).reply);
  stream_a_call();
  mock->reply_stream({answer_event("Sunny."), done_event});
  ASSERT_TRUE(run_tools(conversation, "In Oslo?", {weather()}, [](const ChatDelta&) {}).reply);
  EXPECT_THAT(
      told(conversation.history()),
      ElementsAre("user:Weather?", "assistant:|c1=weather{}", "tool:sunny|for c1", "assistant:Sunny.", "user:In Oslo?",
                  R"(assistant:|c1=weather{"city":"Oslo"})", "tool:sunny|for c1", "assistant:Sunny."));
  EXPECT_THAT(sent(2), HasSubstr(R"("Weather?"},{"role":"assistant","content":"","tool_calls")"));
  conversation.set_limits({.max_messages = 7});
  EXPECT_THAT(conversation.prepare("And?").messages, ::testing::SizeIs(6)) << "persona, one exchange of 4, question";
}

TEST_F(ToolsInConversation, LeaveItAsItWasWhenTheRunFails) {
  const auto run_badly = [&](auto&&... options) {
    return run_tools(conversation, "Weather?", {weather()}, std::forward<decltype(options)>(options)...);
  };
  calls(call("c1", "weather", "{}"));
  EXPECT_FALSE(run_badly(ToolOptions{.max_steps = 1}).reply);
  stream_a_call();
  EXPECT_TRUE(run_badly([](const ChatDelta&) { return false; }).reply);
  stream_a_call();
  mock->reply_stream({answer_event("Sun"), answer_event("ny."), done_event});
  EXPECT_TRUE(run_badly([](const ChatDelta& delta) { return delta.text.empty(); }).reply);
  mock->reply({.body = R"({"unknown":1})"});
  EXPECT_TRUE(run_badly().reply);
  EXPECT_FALSE(run_tools(conversation, Message::assistant("?"), {}).reply);
  EXPECT_THAT(conversation.history(), IsEmpty());
}

TEST_F(RunTools, GoesInSingleSteps) {
  calls(call("c1", "weather", "{}"));
  answers("Sunny.");
  ToolLoop loop(question(), {weather()});
  while (!loop.done()) {
    Pending<ChatReply> pending = client.chat_async(loop.request());
    loop.accept(std::move(pending).get());
  }
  loop.accept(Error{.kind = ErrorKind::timeout});
  const ToolRun run = std::move(loop).finish();
  ASSERT_TRUE(run.reply);
  EXPECT_EQ(run.reply->text(), "Sunny.");
  EXPECT_EQ(ToolLoop(question(), {}).finish().reply.error().kind, ErrorKind::cancelled);
}

TEST(JsonSchema, SaysWhatAToolTakes) {
  const auto value = JsonSchema::object(
      {{"city", JsonSchema::string("Such as \"Oslo\".")},
       {.name = "days", .schema = JsonSchema::array(JsonSchema::integer(), "Which."), .required = false},
       {"unit", JsonSchema::one_of({"C", "F"})},
       {"exact", JsonSchema::boolean(), false},
       {"at", JsonSchema::object({{"lat", JsonSchema::number("North.")}, {"any", {}, false}}), false}},
      "What.");
  EXPECT_EQ(value.text(),
            R"({"type":"object","description":"What.","properties":{"city":{"type":"string","description":)"
            R"("Such as \"Oslo\"."},"days":{"type":"array","description":"Which.","items":{"type":"integer"}},)"
            R"("unit":{"type":"string","enum":["C","F"]},"exact":{"type":"boolean"},"at":{"type":"object",)"
            R"("properties":{"lat":{"type":"number","description":"North."},"any":{}},"required":["lat"]}},)"
            R"("required":["city","unit"]})");
  EXPECT_EQ(JsonSchema::object({}).text(), R"({"type":"object","properties":{}})");
}

}  // namespace
}  // namespace chatopen
