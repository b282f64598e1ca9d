#include "conversation_texts.hpp"
#include "tools_fixture.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(RunTools, AsksForApproval) {
  calls(call("c1", "weather", R"({\"city\":\"Oslo\"})") + "," + call("c2", "weather", "{}") + "," +
        call("c3", "weather", "{}"));
  answers("Well.");
  const auto approve = [](const ToolCall& wanted) {
    if (wanted.id == "c1") return ToolApproval::allow();
    return ToolApproval::deny(wanted.id == "c2" ? "too expensive" : "");
  };
  const ToolRun run = run_tools(client, question(), {weather()}, {.approve = approve});
  ASSERT_TRUE(run.reply);
  EXPECT_THAT(seen, ElementsAre(R"({"city":"Oslo"})"));
  EXPECT_EQ(told(run.transcript[2]), "tool:denied: too expensive|for c2");
  EXPECT_EQ(told(run.transcript[3]), "tool:denied by the user|for c3");
}

TEST_F(RunTools, AsksForApprovalInSingleSteps) {
  calls(call("c1", "weather", "{}") + "," + call("c2", "weather", "{}"));
  calls(call("c3", "weather", "{}"));
  answers("Well.");
  std::vector<std::string> asked;
  const auto approve = [&](const ToolCall& wanted) {
    asked.push_back(wanted.id);
    return wanted.id == "c1" ? ToolApproval::allow() : ToolApproval::deny("too expensive");
  };
  ToolLoop loop(question(), {weather()}, {.approve = approve});
  loop.accept(client.chat(loop.request()));
  EXPECT_FALSE(loop.done());
  EXPECT_THAT(asked, ElementsAre("c1", "c2")) << "within the step that calls";
  EXPECT_EQ(told(loop.request().messages.back()), "tool:denied: too expensive|for c2");
  while (!loop.done()) loop.accept(client.chat(loop.request()));
  const ToolRun run = std::move(loop).finish();
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_THAT(asked, ElementsAre("c1", "c2", "c3"));
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_THAT(told(run.transcript), ElementsAre("assistant:|c1=weather{}|c2=weather{}", "tool:sunny|for c1",
                                                "tool:denied: too expensive|for c2", "assistant:|c3=weather{}",
                                                "tool:denied: too expensive|for c3", "assistant:Well."));
}

TEST_F(StreamedTools, AskForApproval) {
  stream_a_call();
  mock->reply_stream({answer_event("Well."), done_event});
  std::vector<std::string> asked;
  const auto deny = [&](const ToolCall& wanted) {
    asked.push_back(wanted.id + " " + wanted.name + " " + wanted.arguments);
    return ToolApproval::deny("too far");
  };
  const ToolRun run = run_tools(client, question(), {weather()}, [](const ChatDelta&) {}, {.approve = deny});
  ASSERT_TRUE(run.reply) << run.reply.error();
  EXPECT_THAT(asked, ElementsAre(R"(c1 weather {"city":"Oslo"})")) << "once, when the call is whole";
  EXPECT_THAT(seen, IsEmpty());
  EXPECT_EQ(told(run.transcript.at(1)), "tool:denied: too far|for c1");
  EXPECT_THAT(sent(1), HasSubstr(R"({"role":"tool","content":"denied: too far","tool_call_id":"c1"})"));
  stream_a_call();
  mock->reply_stream({answer_event("Sunny."), done_event});
  const auto allow = [](const ToolCall&) { return ToolApproval::allow(); };
  ASSERT_TRUE(run_tools(client, question(), {weather()}, [](const ChatDelta&) {}, {.approve = allow}).reply);
  EXPECT_THAT(seen, ElementsAre(R"({"city":"Oslo"})"));
}

TEST_F(ToolsInConversation, AskForApproval) {
  const auto approve = [](const ToolCall& wanted) {
    return wanted.arguments == "{}" ? ToolApproval::allow() : ToolApproval::deny("too far");
  };
  calls(call("c1", "weather", "{}") + "," + call("c2", "weather", R"({\"city\":\"Rome\"})"));
  answers("Sunny.");
  ASSERT_TRUE(run_tools(conversation, "Weather?", {weather()}, {.approve = approve}).reply);
  stream_a_call();
  mock->reply_stream({answer_event("Well."), done_event});
  ASSERT_TRUE(run_tools(conversation, "In Oslo?", {weather()}, [](const ChatDelta&) {}, {.approve = approve}).reply);
  EXPECT_THAT(seen, ElementsAre("{}"));
  EXPECT_THAT(told(conversation.history()),
              ElementsAre("user:Weather?", R"(assistant:|c1=weather{}|c2=weather{"city":"Rome"})", "tool:sunny|for c1",
                          "tool:denied: too far|for c2", "assistant:Sunny.", "user:In Oslo?",
                          R"(assistant:|c1=weather{"city":"Oslo"})", "tool:denied: too far|for c1", "assistant:Well."))
      << "what was denied is remembered";
}

}  // namespace
}  // namespace chatopen
