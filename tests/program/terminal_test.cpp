#include "terminal.hpp"
#include "program_test.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace chatopen {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A message as it is where it is not broken into lines of a terminal.
std::string unwrapped(std::string screen) {
  for (std::size_t end = 0; (end = screen.find("\r\n")) != std::string::npos;) screen.replace(end, 2, " ");
  if (screen.ends_with(' ')) screen.back() = '\n';
  return screen;
}

class OnTerminal : public ProgramTest {
 protected:
  [[nodiscard]] Variables with(const std::string& variable) const {
    Variables all = variables();
    all.push_back(variable);
    return all;
  }
  /// Types the line in a conversation, and waits for what is said to it.
  static void say(Terminal& terminal, const std::string& line, const std::string& expected) {
    EXPECT_TRUE(terminal.expect("> ")) << line;
    terminal.type(line + "\n");
    EXPECT_TRUE(terminal.expect(expected)) << line << " in " << terminal.screen();
  }
};

TEST_F(OnTerminal, HoldsAConversation) {
  Terminal terminal({"chat", "-s", "Be brief."}, variables());
  ASSERT_TRUE(terminal.expect("Talking to gpt-4o-multimodal"));
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("Why?\n");
  ASSERT_TRUE(terminal.expect("received 2 messages: system: \"Be brief.\"; user: \"Why?\""));
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("And \\\nthen?\n");
  ASSERT_TRUE(terminal.expect("received 4 messages: "));
  ASSERT_TRUE(terminal.expect("user: \"And \\nthen?\""));
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("\x04");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("canary")));
}

TEST_F(OnTerminal, HoldsNoConversationInWhichNoQuestionCouldBeAsked) {
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{
           {"-e", "gpt-image-1"}, {"-e", "file-upload"}, {"--extra", "[]"}, {"--path", "/a/../b"}}) {
    std::vector<std::string> arguments = {"chat"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    Terminal terminal(arguments, with("NO_COLOR=1"));
    ASSERT_TRUE(terminal.expect("\r\n"));
    ASSERT_THAT(terminal.screen(), Not(HasSubstr("Talking to")));
    EXPECT_EQ(terminal.wait(), 2) << options.back();
    const Outcome piped = run(arguments, "Hi");
    EXPECT_EQ(piped.code, 2) << options.back();
    EXPECT_EQ(unwrapped(terminal.screen()), piped.err) << "as a question in a pipe";
  }
  EXPECT_EQ(sandbox_.requests(), 0U);
}

TEST_F(OnTerminal, ObeysCommandsInAConversation) {
  const std::string saved = testing::TempDir() + "chatopen_terminal_test.json";
  std::remove(saved.c_str());
  Terminal terminal({"chat"}, variables());
  say(terminal, "/help", "/image URL|FILE");
  say(terminal, "/nonsense", "no such command: /nonsense");
  say(terminal, "/image", "needs a URL or the name of a file");
  say(terminal, "/image https://e.com/a.jpg", "goes with the next question");
  say(terminal, "One", "1 message: user: text \"One\" and picture https://e.com/a.jpg");
  say(terminal, "/save " + saved, "Saved.");
  say(terminal, "/new", "is forgotten");
  say(terminal, "/system Be brief.", "is told so");
  say(terminal, "Two", "2 messages: system: \"Be brief.\"; user: \"Two\"");
  say(terminal, "/load " + saved, "goes on");
  say(terminal, "Three", "3 messages: user: text \"One\"");
  say(terminal, "//four", "user: \"/four\"");
  say(terminal, "/load /nowhere/x.json", "io: ");
  say(terminal, "/image https://e.com/b.jpg", "goes with the next question");
  say(terminal, "/new", "is forgotten");
  say(terminal, "Five", "1 message: user: \"Five\"");
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("/quit\n");
  EXPECT_EQ(terminal.wait(), 0);
  std::remove(saved.c_str());
}

TEST_F(OnTerminal, SavesOverOtherFilesOnlyWhenTold) {
  const std::string other = testing::TempDir() + "chatopen_terminal_test_other.json";
  const std::string own = testing::TempDir() + "chatopen_terminal_test_own.json";
  const auto text = [&other] { return (std::ostringstream() << std::ifstream(other).rdbuf()).str(); };
  std::remove(own.c_str());
  std::ofstream(other) << "precious";
  Terminal terminal({"chat"}, with("NO_COLOR=1"));
  say(terminal, "/save " + other, "already");
  EXPECT_TRUE(terminal.expect("/save!"));
  EXPECT_EQ(text(), "precious");
  say(terminal, "/save " + own, "Saved.");
  say(terminal, "/save " + own, "Saved.");
  say(terminal, "/save!", "needs the name of a file");
  say(terminal, "/save! " + other, "Saved.");
  EXPECT_THAT(text(), HasSubstr("history"));
  Terminal later({"chat"}, with("NO_COLOR=1"));
  ASSERT_TRUE(later.expect("> "));
  later.type("/load " + own + "\n/save " + own + "\n");
  EXPECT_TRUE(later.expect("Saved."));
  std::remove(own.c_str());
  std::remove(other.c_str());
}

TEST_F(OnTerminal, SaysHowToGoOnWhereThereIsNoHistory) {
  Terminal terminal({"chat", "-e", "deepseek-chat-streaming"}, with("NO_COLOR=1"));
  say(terminal, "One", "received the prompt \"One\"");
  say(terminal, "Two", "/new forgets what was said");
  say(terminal, "/new", "is forgotten");
  say(terminal, "Two", "received the prompt \"Two\"");
}

TEST_F(OnTerminal, KeepsTheHistoryOfAnotherMistake) {
  Terminal terminal({"chat"}, with("NO_COLOR=1"));
  say(terminal, "One", "received 1 message");
  say(terminal, "\xff", "not valid UTF-8");
  EXPECT_TRUE(terminal.expect("> "));
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("/new")));
}

TEST_F(OnTerminal, GoesOnWithoutAPictureThatCannotBeRead) {
  Terminal terminal({"chat", "-i", "/nowhere/cat.png"}, variables());
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("One\n");
  ASSERT_TRUE(terminal.expect("the next one goes without pictures"));
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("Two\n");
  ASSERT_TRUE(terminal.expect("1 message: user: \"Two\""));
}

TEST_F(OnTerminal, StopsAnAnswerAndGoesOn) {
  Terminal terminal(
      {"chat", "--header", "X-Sandbox-Reply: pace-ms=600000; text=one%20two", "-e", "deepseek-chat-streaming"},
      variables());
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("Hi\n");
  ASSERT_TRUE(terminal.expect("one"));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.expect("Stopped"));
  ASSERT_TRUE(terminal.expect("> "));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.expect("Ctrl-C again ends"));
  terminal.type("\x03");
  EXPECT_EQ(terminal.wait(), 130);
}

TEST_F(OnTerminal, EndsAtOnceOnASecondInterruption) {
  Terminal terminal(
      {"chat", "--header", "X-Sandbox-Reply: pace-ms=600000; text=one%20two", "-e", "deepseek-chat-streaming", "Hi"},
      variables());
  ASSERT_TRUE(terminal.expect("one"));
  terminal.type("\x03\x03");
  EXPECT_EQ(terminal.wait(), 130);
}

TEST_F(OnTerminal, MakesEscapeSequencesHarmless) {
  for (const char* how : {"", "; stream=no"}) {
    Terminal terminal(
        {"chat", "--header",
         std::string("X-Sandbox-Reply: text=%1B%5D0owned%07%1B%5B2J%C2%9B31m%0Dover%E2%80%AEtxt%7F") + how, "Hi"},
        with("NO_COLOR=1"));
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_THAT(terminal.screen(), AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), Not(HasSubstr("\xc2\x9b")),
                                         Not(HasSubstr("\rover")), Not(HasSubstr("\xe2\x80\xae"))));
    EXPECT_THAT(terminal.screen(), HasSubstr("\xe2\x90\x9b]0owned\xe2\x90\x87"));
  }
}

TEST_F(OnTerminal, KeepsJsonTheSameJson) {
  Terminal terminal({"chat", "--json", "--header", "X-Sandbox-Reply: text=%C2%9B31m%7F", "Hi"}, variables());
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.screen(), AllOf(HasSubstr("\\u009b31m\\u007f"), Not(HasSubstr("\xc2\x9b"))));
}

TEST_F(OnTerminal, UsesColoursOnlyWhereTheyAreWanted) {
  Terminal coloured({"endpoints"});
  EXPECT_EQ(coloured.wait(), 0);
  EXPECT_THAT(coloured.screen(), HasSubstr("\x1b[1mNAME"));
  Terminal plain({"endpoints"}, {"NO_COLOR=1"});
  EXPECT_EQ(plain.wait(), 0);
  EXPECT_THAT(plain.screen(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(run({"endpoints"}).out, Not(HasSubstr("\x1b")));
  Terminal wrong({"chat", "-e", "nope", "Hi"});
  EXPECT_EQ(wrong.wait(), 2);
  EXPECT_THAT(wrong.screen(), HasSubstr("\x1b[31mchatopen:\x1b[0m "));
}

TEST_F(OnTerminal, ShowsRecordsOnLinesOfTheirOwn) {
  const std::string input = testing::TempDir() + "chatopen_terminal_records.jsonl";
  std::ofstream(input) << R"({"prompt":"one"})" << '\n';
  Terminal terminal({"batch", input}, with("NO_COLOR=1"));
  ASSERT_TRUE(terminal.expect("0 of 1"));
  ASSERT_TRUE(terminal.expect("\r\x1b[K{\"line\":1,"));
  EXPECT_EQ(terminal.wait(), 0);
  std::remove(input.c_str());
}

TEST_F(OnTerminal, ShowsNoProgressWhereABatchIsTyped) {
  Terminal terminal({"batch"}, with("NO_COLOR=1"));
  terminal.type("{\"prompt\":\"one\"}\n");
  ASSERT_TRUE(terminal.expect("{\"line\":1,"));
  terminal.type("\x04");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("/s")));
}

TEST_F(OnTerminal, ShowsTheProgressOfABatch) {
  const std::string input = testing::TempDir() + "chatopen_terminal_test.jsonl";
  const std::string output = testing::TempDir() + "chatopen_terminal_test_out.jsonl";
  std::remove(output.c_str());
  std::ofstream(input) << R"({"prompt":"one"})" << '\n'
                       << R"({"prompt":"two","headers":{"X-Sandbox-Reply":"status=400"}})" << '\n'
                       << R"({"prompt":"three","headers":{"X-Sandbox-Reply":"delay-ms=600000"}})" << '\n';
  Terminal terminal({"batch", input, "-o", output, "--unordered"}, with("NO_COLOR=1"));
  ASSERT_TRUE(terminal.expect("2 of 3  ["));
  ASSERT_TRUE(terminal.expect("/s"));
  ASSERT_TRUE(terminal.expect(" left  1 failed"));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.expect("1 line answered, 1 line failed"));
  ASSERT_TRUE(terminal.expect("interrupted; --resume goes on"));
  EXPECT_EQ(terminal.wait(), 130);
  std::remove(input.c_str());
  std::remove(output.c_str());
}

}  // namespace
}  // namespace chatopen
