#include "client_fixture.hpp"
#include "conversation_texts.hpp"
#include "stream_pieces.hpp"

#include <chatopen/conversation.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

static_assert(std::is_copy_constructible_v<Conversation> && std::is_copy_assignable_v<Conversation>);
static_assert(std::is_nothrow_move_constructible_v<PendingAnswer>);

class Innkeeper : public ClientOverMock {
 protected:
  void answer(const std::string& text) {
    mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":")" + text + "\"}}"});
  }
  [[nodiscard]] std::string sent() const { return mock->requests().back().body; }
  [[nodiscard]] std::vector<std::string> history() const { return told(innkeeper.history()); }

  Conversation innkeeper{make(), endpoints::role_play("innkeeper"), "You keep an inn."};
};

TEST_F(Innkeeper, RemembersEachExchange) {
  answer("Yes.");
  const auto first = innkeeper.ask("A room?");
  ASSERT_TRUE(first) << first.error();
  EXPECT_EQ(first->text(), "Yes.");
  EXPECT_EQ(sent(),
            R"({"messages":[{"role":"system","content":"You keep an inn."},{"role":"user","content":"A room?"}]})");
  answer("Stew.");
  ASSERT_TRUE(innkeeper.ask(std::string("Supper?")));
  EXPECT_EQ(sent(), R"({"messages":[{"role":"system","content":"You keep an inn."},)"
                    R"({"role":"user","content":"A room?"},{"role":"assistant","content":"Yes."},)"
                    R"({"role":"user","content":"Supper?"}]})");
  EXPECT_THAT(history(), ElementsAre("user:A room?", "assistant:Yes.", "user:Supper?", "assistant:Stew."));
  EXPECT_THAT(mock->requests()[0].url, HasSubstr("/innkeeper/"));
}

TEST_F(Innkeeper, TakesPicturesNotesAndSettings) {
  answer("A cat.");
  ASSERT_TRUE(innkeeper.ask(Message::user({text("What?"), image_url("https://x.example/a.png")})));
  EXPECT_THAT(sent(), HasSubstr("https://x.example/a.png"));
  answer("It does.");
  innkeeper.request().temperature = 0.5;
  innkeeper.request().endpoint = endpoints::gpt_4o();
  ASSERT_TRUE(innkeeper.ask(Message::system("It rains.")));
  EXPECT_THAT(sent(), HasSubstr(R"(,"temperature":0.5)"));
  EXPECT_THAT(mock->requests()[1].url, HasSubstr("/gpt-4o/"));
  EXPECT_THAT(history(), ElementsAre("user:|text What?|0 https://x.example/a.png  0", "assistant:A cat.",
                                     "system:It rains.", "assistant:It does."));
}

TEST_F(Innkeeper, TakesARequestWhoseMessagesAreThePersona) {
  Conversation made(make(), {.endpoint = endpoints::gpt_4o(),
                             .messages = {Message::system("Be brief."), Message::user("1+1"), Message::assistant("2")},
                             .seed = 7});
  answer("4");
  ASSERT_TRUE(made.ask("2+2"));
  EXPECT_THAT(sent(), HasSubstr(R"("Be brief."},{"role":"user","content":"1+1"},{"role":"assistant","content":"2"},)"
                                R"({"role":"user","content":"2+2"}],"seed":7})"));
  EXPECT_THAT(told(made.history()), ElementsAre("user:2+2", "assistant:4"));
  made.set_persona("Be long.");
  made.clear();
  answer("Four.");
  ASSERT_TRUE(made.ask("2+2"));
  EXPECT_EQ(sent(),
            R"({"messages":[{"role":"system","content":"Be long."},{"role":"user","content":"2+2"}],"seed":7})");
  made.set_persona("");
  EXPECT_THAT(made.prepare("a").messages, ::testing::SizeIs(3));
}

TEST_F(Innkeeper, BranchesByCopy) {
  answer("Yes.");
  ASSERT_TRUE(innkeeper.ask("A room?"));
  Conversation other = innkeeper;
  answer("Two.");
  ASSERT_TRUE(other.ask("How many?"));
  answer("Ten.");
  ASSERT_TRUE(innkeeper.ask("How much?"));
  EXPECT_THAT(sent(), Not(HasSubstr("How many?")));
  EXPECT_THAT(history(), ElementsAre("user:A room?", "assistant:Yes.", "user:How much?", "assistant:Ten."));
  EXPECT_THAT(told(other.history()), ElementsAre("user:A room?", "assistant:Yes.", "user:How many?", "assistant:Two."));
}

// Ways in which an exchange does not come to its end, each with a history of one exchange before it.
class UnfinishedExchange : public Innkeeper {
 protected:
  UnfinishedExchange() {
    answer("Yes.");
    EXPECT_TRUE(innkeeper.ask("A room?"));
  }
  ~UnfinishedExchange() override {
    EXPECT_THAT(history(), ElementsAre("user:A room?", "assistant:Yes."));
    answer("Again.");
    EXPECT_TRUE(innkeeper.ask("And?")) << "it goes on afterwards";
    EXPECT_THAT(sent(), HasSubstr(R"([{"role":"system","content":"You keep an inn."},{"role":"user","content":"A room)"
                                  R"(?"},{"role":"assistant","content":"Yes."},{"role":"user","content":"And?"}])"));
  }
};

TEST_F(UnfinishedExchange, ByAnErrorOfTheService) {
  mock->reply({.status = 500, .body = R"({"code":"500","msg":"no"})"});
  EXPECT_EQ(innkeeper.ask("Supper?").error().kind, ErrorKind::server_error);
}

TEST_F(UnfinishedExchange, ByABrokenStream) {
  mock->reply_stream({answer_event("Stew"), answer_event(" and")}, testing::MockStreamEnd::reset);
  std::string heard;
  const auto reply = innkeeper.ask("Supper?", [&](const ChatDelta& delta) { heard += delta.text; });
  EXPECT_EQ(reply.error().kind, ErrorKind::truncated);
  EXPECT_EQ(heard, "Stew and");
}

TEST_F(UnfinishedExchange, ByCancellation) {
  CancelSource source;
  source.cancel();
  EXPECT_EQ(innkeeper.ask("Supper?", {.cancel = source.token()}).error().kind, ErrorKind::cancelled);
  CancelSource midway;
  mock->reply_stream({answer_event("Stew"), answer_event(" and"), done_event});
  const auto cancel = [&](const ChatDelta&) { midway.cancel(); };
  EXPECT_EQ(innkeeper.ask("Supper?", cancel, {.cancel = midway.token()}).error().kind, ErrorKind::cancelled);
  mock->stall();
  const Timeouts none{.first_byte = std::chrono::milliseconds(0), .total = std::chrono::milliseconds(0)};
  PendingAnswer answer = innkeeper.ask_async("Supper?", {.timeouts = none});
  answer.cancel();
  EXPECT_EQ(innkeeper.accept(std::move(answer)).error().kind, ErrorKind::cancelled);
}

TEST_F(UnfinishedExchange, ByItsCallback) {
  mock->reply_stream({answer_event("Stew"), answer_event(" and"), done_event});
  const auto stop = [](const ChatDelta&) { return false; };
  const auto reply = innkeeper.ask("Supper?", stop);
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "Stew");
  mock->reply_stream({answer_event("Stew"), answer_event(" and"), done_event});
  const auto later = innkeeper.accept(innkeeper.ask_async("Supper?", stop));
  ASSERT_TRUE(later) << later.error();
  EXPECT_EQ(later->text(), "Stew");
}

TEST_F(UnfinishedExchange, ByAnExceptionOfItsCallback) {
  const auto fail = [](const ChatDelta&) { throw std::runtime_error("mine"); };
  mock->reply_stream({answer_event("Stew"), done_event});
  EXPECT_THROW((void)innkeeper.ask("Supper?", fail), std::runtime_error);
  mock->reply_stream({answer_event("Stew"), done_event});
  EXPECT_THROW((void)innkeeper.accept(innkeeper.ask_async("Supper?", fail)), std::runtime_error);
}

TEST_F(UnfinishedExchange, ByAReplyOfUnknownShape) {
  mock->reply({.body = R"({"unknown":1})"});
  const auto reply = innkeeper.ask("Supper?");
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->raw(), R"({"unknown":1})");
  EXPECT_EQ(innkeeper.accept("Supper?", *reply).error().kind, ErrorKind::invalid_argument);
}

TEST_F(UnfinishedExchange, ByACallOfATool) {
  mock->reply({.body = R"({"choices":[{"message":{"tool_calls":[
      {"id":"c1","type":"function","function":{"name":"cook","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})"});
  const auto reply = innkeeper.ask("Supper?");
  ASSERT_TRUE(reply) << reply.error();
  const auto refused = innkeeper.accept("Supper?", *reply);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("exchange[1] is the last, but no answer"));
}

TEST_F(UnfinishedExchange, ByAQuestionThatCannotBeAsked) {
  for (const Message& message : {Message::assistant("a"), Message::tool("c1", "a")}) {
    const auto reply = innkeeper.ask(message);
    EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument);
    EXPECT_THAT(reply.error().message, HasSubstr("the question's role is " + std::string(to_string(message.role))));
    EXPECT_FALSE(innkeeper.ask(message, [](const ChatDelta&) {}));
    PendingAnswer answer = innkeeper.ask_async(message);
    EXPECT_TRUE(answer.ready() && answer.wait_for(std::chrono::milliseconds(0)));
    answer.wait();
    answer.cancel();
    EXPECT_EQ(innkeeper.accept(std::move(answer)).error().kind, ErrorKind::invalid_argument);
    EXPECT_FALSE(innkeeper.accept(innkeeper.ask_async(message, [](const ChatDelta&) {})));
    EXPECT_FALSE(innkeeper.accept(message, ChatReply({.text = "b"})));
  }
  EXPECT_EQ(innkeeper.ask("\xff").error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(mock->requests().size(), 1U);
}

TEST_F(UnfinishedExchange, ByAnEstimateThatThrows) {
  innkeeper.set_limits({.max_tokens = 100, .estimate_tokens = [](const Message& message) -> std::size_t {
                          if (message.text == "Stew.") throw std::runtime_error("mine");
                          return 1;
                        }});
  answer("Stew.");
  EXPECT_THROW((void)innkeeper.ask("Supper?"), std::runtime_error);
  innkeeper.set_limits({});
}

// Ten tokens each: the persona, the question and one exchange fit, which the rough estimate finds far below the limit.
TEST_F(Innkeeper, ForgetsTheOldestExchangeByTheCallersEstimate) {
  innkeeper.set_limits({.max_tokens = 40, .estimate_tokens = [](const Message&) -> std::size_t { return 10; }});
  answer("Yes.");
  ASSERT_TRUE(innkeeper.ask("A room?"));
  answer("Stew.");
  ASSERT_TRUE(innkeeper.ask("Supper?"));
  EXPECT_THAT(sent(), HasSubstr(R"({"role":"user","content":"A room?"},{"role":"assistant","content":"Yes."})"));
  answer("Ten.");
  ASSERT_TRUE(innkeeper.ask("How much?"));
  EXPECT_EQ(sent(), R"({"messages":[{"role":"system","content":"You keep an inn."},)"
                    R"({"role":"user","content":"Supper?"},{"role":"assistant","content":"Stew."},)"
                    R"({"role":"user","content":"How much?"}]})");
  EXPECT_THAT(history(), ElementsAre("user:How much?", "assistant:Ten."));
}

TEST_F(Innkeeper, ForgetsByTheCallersEstimateWhenStreaming) {
  innkeeper.set_limits({.max_tokens = 40, .estimate_tokens = [](const Message&) -> std::size_t { return 10; }});
  const auto hear = [](const ChatDelta&) {};
  const auto script = [&](const std::string& text) { mock->reply_stream({answer_event(text), done_event}); };
  const auto expect_sent = [&](const std::string& exchange, const std::string& question) {
    EXPECT_EQ(sent(), R"({"messages":[{"role":"system","content":"You keep an inn."},)" + exchange +
                          R"({"role":"user","content":")" + question + R"("}],"stream":true})");
  };
  script("Yes.");
  ASSERT_TRUE(innkeeper.ask("A room?", hear));
  script("Stew.");
  ASSERT_TRUE(innkeeper.ask("Supper?", hear));
  script("Ten.");
  ASSERT_TRUE(innkeeper.ask("How much?", hear));
  expect_sent(R"({"role":"user","content":"Supper?"},{"role":"assistant","content":"Stew."},)", "How much?");
  script("Bye.");
  ASSERT_TRUE(innkeeper.accept(innkeeper.ask_async("Well.", hear)));
  expect_sent(R"({"role":"user","content":"How much?"},{"role":"assistant","content":"Ten."},)", "Well.");
  script("Hm.");
  ChatStream stream = innkeeper.client().stream(innkeeper.prepare("So?"));
  ASSERT_TRUE(stream.finish());
  expect_sent(R"({"role":"user","content":"Well."},{"role":"assistant","content":"Bye."},)", "So?");
}

TEST_F(Innkeeper, StreamsThroughEveryDoor) {
  std::string heard;
  const auto hear = [&](const ChatDelta& delta) { heard += delta.text; };
  const auto script = [&] { mock->reply_stream({answer_event("St"), answer_event("ew."), done_event}); };
  script();
  ASSERT_TRUE(innkeeper.ask("1", hear));
  script();
  const auto reply = innkeeper.accept(innkeeper.ask_async("2", hear));
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(heard, "Stew.Stew.");
  script();
  ChatStream stream = innkeeper.client().stream(innkeeper.prepare("3"));
  ASSERT_TRUE(innkeeper.accept("3", stream.finish().value()));
  answer("Stew.");
  PendingAnswer pending = innkeeper.ask_async("4");
  pending.wait();
  EXPECT_TRUE(pending.ready() && pending.wait_for(std::chrono::milliseconds(0)));
  ASSERT_TRUE(innkeeper.accept(std::move(pending)));
  EXPECT_THAT(history(), ElementsAre("user:1", "assistant:Stew.", "user:2", "assistant:Stew.", "user:3",
                                     "assistant:Stew.", "user:4", "assistant:Stew."));
}

TEST_F(Innkeeper, KeepsTheOrderInWhichAnswersAreAccepted) {
  answer("one");
  PendingAnswer first = innkeeper.ask_async("1");
  first.wait();
  answer("two");
  PendingAnswer second = innkeeper.ask_async("2");
  ASSERT_TRUE(innkeeper.accept(std::move(second)));
  ASSERT_TRUE(innkeeper.accept(std::move(first)));
  EXPECT_THAT(history(), ElementsAre("user:2", "assistant:two", "user:1", "assistant:one"));
}

TEST_F(Innkeeper, ForgetsAnAnswerThatIsDropped) {
  answer("one");
  innkeeper.ask_async("1").wait();
  EXPECT_THAT(history(), IsEmpty());
}

TEST_F(Innkeeper, GoesOnWithinItsOwnCallback) {
  mock->reply_stream({answer_event("outer"), done_event});
  answer("inner");
  bool asked = false;
  ASSERT_TRUE(innkeeper.ask("1", [&](const ChatDelta&) {
    const bool first = !std::exchange(asked, true);
    EXPECT_TRUE(!first || innkeeper.ask("2"));
  }));
  EXPECT_THAT(history(), ElementsAre("user:2", "assistant:inner", "user:1", "assistant:outer"));
}

TEST_F(Innkeeper, SaysThatThePromptFormHasNoRoomForAHistory) {
  Conversation prompt(make(), endpoints::deepseek_chat_streaming(), "Be brief.");
  answer("a");
  ASSERT_TRUE(prompt.ask("1"));
  EXPECT_EQ(sent(), R"({"issue":"1","systemContent":"Be brief."})");
  const auto reply = prompt.ask("2");
  EXPECT_EQ(reply.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(reply.error().message, HasSubstr("which the prompt form cannot express"));
  prompt.set_limits({.max_exchanges = 0});
  answer("b");
  ASSERT_TRUE(prompt.ask("2"));
  answer("c");
  ASSERT_TRUE(prompt.ask("3"));
  EXPECT_THAT(prompt.history(), IsEmpty());
}

}  // namespace
}  // namespace chatopen
