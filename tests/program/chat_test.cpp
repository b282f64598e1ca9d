#include "program_test.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>

namespace chatopen {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Chat : public ProgramTest {};

TEST_F(Chat, PrintsTheAnswerAndNothingElse) {
  const Outcome outcome = run({"chat", "Why", "is it blue?"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "gpt-4o received 1 message: user: \"Why is it blue?\" (stream: true)\n");
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(Chat, ReadsTheQuestionFromAPipe) {
  EXPECT_THAT(run({"chat"}, "Why?\n").out, HasSubstr("user: \"Why?\""));
}

TEST_F(Chat, ReadsAPipeWhereADashStands) {
  EXPECT_THAT(run({"chat", "Sum up:", "-"}, "one\ntwo\n").out, HasSubstr(R"(user: "Sum up:\none\ntwo")"));
  EXPECT_THAT(run({"chat", "Sum up"}, "unread").out, HasSubstr(R"(user: "Sum up")"));
}

TEST_F(Chat, KeepsWordsInBracketsAsTheyAre) {
  EXPECT_THAT(run({"chat", "[INST] a, b [/INST]", "[", "]", "[]"}).out,
              HasSubstr(R"(user: "[INST] a, b [/INST] [ ] []")"));
  EXPECT_THAT(run({"chat", "-s", "[a, b]", "--stop", "[x,y]", "--stop=[z]", "Hi"}).out,
              AllOf(HasSubstr(R"(system: "[a, b]")"), HasSubstr(R"(stop: ["[x,y]","[z]"])")));
}

TEST_F(Chat, NeedsAQuestion) {
  const Outcome outcome = run({"chat"}, "\n\n");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("there is no question"));
}

TEST_F(Chat, StreamsWhatComes) {
  RunningProgram program(
      {"chat", "--header", "X-Sandbox-Reply: pace-ms=600000; text=one%20two", "-e", "deepseek-chat-streaming", "Hi"},
      variables());
  EXPECT_THAT(program.read_until("one"), StartsWith("one"));
}

TEST_F(Chat, TakesWhateverElseARequestHas) {
  const std::string picture = testing::TempDir() + "chat_test.png";
  std::ofstream(picture) << "\x89PNG\r\n\x1a\n................";
  const Outcome outcome = run({"chat",
                               "--no-stream",
                               "-s",
                               "Be brief.",
                               "-i",
                               "https://e.com/a.jpg",
                               "-i",
                               picture,
                               "--temperature",
                               "0.5",
                               "--top-p",
                               "0.9",
                               "--max-tokens",
                               "10",
                               "--seed",
                               "7",
                               "--stop",
                               "END",
                               "--extra",
                               R"({"knowledgeBase":"handbook"})",
                               "What",
                               "is it?"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("2 messages: system: \"Be brief.\"; user: text \"What is it?\", picture "
                              "https://e.com/a.jpg and picture image/png, 24 bytes"),
                    HasSubstr("temperature: 0.5"), HasSubstr("top_p: 0.9"), HasSubstr("max_tokens: 10"),
                    HasSubstr("seed: 7"), HasSubstr("stop: [\"END\"]"), HasSubstr("knowledgeBase: \"handbook\"")));
  std::remove(picture.c_str());
}

TEST_F(Chat, AsksEveryEndpointByItsName) {
  for (const Endpoint& each : endpoints::all()) {
    if (each.wire_form == WireForm::image) continue;
    std::vector<std::string> arguments = {"chat", "-e", each.name, "Hi"};
    if (each.model.empty()) arguments.insert(arguments.end(), {"-m", "some model"});
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << each.name << outcome.err;
    EXPECT_THAT(outcome.out, StartsWith((each.model.empty() ? "some model" : each.model) + " received")) << each.name;
  }
}

TEST_F(Chat, AsksAnyModelAndAnyPath) {
  EXPECT_THAT(run({"chat", "-m", "other", "Hi"}).out, StartsWith("other received 1 message"));
  EXPECT_THAT(run({"chat", "-e", "deepseek-chat-streaming", "-m", "other", "Hi"}).out,
              StartsWith("other received the prompt \"Hi\""));
  EXPECT_THAT(
      run({"chat", "--path", "/AIGCChatOpenServ/saas/{model}/text", "--form", "prompt", "-m", "other", "Hi"}).out,
      StartsWith("other received the prompt \"Hi\""));
}

TEST_F(Chat, RefusesEndpointsThatAreNot) {
  const auto refusal = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"chat", "Hi"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2);
    return outcome.err;
  };
  EXPECT_THAT(refusal({"-e", "gpt"}), HasSubstr("no such endpoint: gpt (the endpoints are role-play, "));
  EXPECT_THAT(refusal({"-e", "role-play"}), HasSubstr("name one with --model"));
  EXPECT_THAT(refusal({"-e", "gemini", "--path", "/x"}), HasSubstr("both an endpoint and a path"));
  EXPECT_THAT(refusal({"--form", "prompt"}), HasSubstr("no path"));
  EXPECT_THAT(refusal({"--path", "/x", "--form", "odd"}),
              HasSubstr("no such form here: odd (choose messages or prompt)"));
  EXPECT_THAT(refusal({"--path", "/x", "--form", "image"}), HasSubstr("no such form here: image"));
  EXPECT_THAT(refusal({"-e", "gpt-image-1"}), HasSubstr("takes no chat"));
  EXPECT_THAT(refusal({"-e", "file-upload"}), HasSubstr("takes no chat"));
}

TEST_F(Chat, PrintsTheReplyAsItCameWhenAsked) {
  const Outcome outcome = run({"chat", "--json", "Hi"});
  EXPECT_EQ(json::parse(outcome.out)["data"]["answer"], "gpt-4o received 1 message: user: \"Hi\"");
  const Outcome streamed = run({"chat", "--json", "-e", "deepseek-chat-streaming", "Hi"});
  EXPECT_EQ(json::parse(streamed.out)["text"], "deepseek-chat received the prompt \"Hi\"");
}

TEST_F(Chat, PrintsJsonWhereThereIsNoText) {
  const Outcome outcome = run({"chat", "--header", "X-Sandbox-Reply: shape=raw", "Hi"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(json::parse(outcome.out).is_object()) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("the reply has no text"));
}

TEST_F(Chat, SaysWhatItCostWhenAsked) {
  const Outcome outcome = run({"chat", "-v", "Hi"});
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("model gpt-4o, 1 attempt, "), HasSubstr(" tokens read, "),
                                 HasSubstr("finished by stop")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("attempt")));
}

TEST_F(Chat, TellsWhyTheServiceFailed) {
  const Outcome outcome = run({"chat", "--header", "X-Sandbox-Reply: status=500; request-id=r-1", "Hi"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, AllOf(StartsWith("chatopen: server_error (HTTP 500)"), HasSubstr("request id r-1")));
}

TEST_F(Chat, TriesAgainAsOftenAsAsked) {
  const Outcome outcome = run({"chat", "--retries", "0", "--header", "X-Sandbox-Reply: status=503", "Hi"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(sandbox_.requests(), 1U);
}

TEST_F(Chat, ObeysTimeouts) {
  for (const char* option : {"--timeout", "--first-byte-timeout"}) {
    const Outcome outcome = run({"chat", option, "50ms", "--header", "X-Sandbox-Reply: delay-ms=600000", "Hi"});
    EXPECT_EQ(outcome.code, 1) << option;
    EXPECT_THAT(outcome.err, HasSubstr("timeout")) << option;
  }
}

TEST_F(Chat, EndsInOrderWhenItIsInterrupted) {
  for (const auto& [signal, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    RunningProgram program(
        {"chat", "--header", "X-Sandbox-Reply: pace-ms=600000; text=one%20two", "-e", "deepseek-chat-streaming", "Hi"},
        variables());
    program.read_until("one");
    program.send_signal(signal);
    EXPECT_EQ(program.wait(), code);
    EXPECT_EQ(program.output(), "one \n");
    EXPECT_THAT(program.errors(), StartsWith("chatopen: cancelled"));
  }
}

TEST_F(Chat, EndsWhenItIsInterruptedWhileItReadsTheQuestion) {
  RunningProgram program({"chat", "--sandbox"});
  program.write("Why");
  program.send_signal(SIGTERM);
  const int code = program.wait();
  // Before or after it has begun to watch for signals.
  EXPECT_THAT(code, testing::AnyOf(143, -SIGTERM));
}

TEST_F(Chat, EndsQuietlyWhenNobodyReadsOn) {
  RunningProgram program(
      {"chat", "--header", "X-Sandbox-Reply: pace-ms=1; events=1000; text=" + std::string(2000, 'x'), "Hi"},
      variables());
  program.read_until("x");
  program.close_output();
  EXPECT_EQ(program.wait(), 141);
  EXPECT_THAT(program.errors(), IsEmpty());
}

TEST_F(Chat, PassesBytesThroughPipesAsTheyCame) {
  EXPECT_EQ(run({"chat", "--header", "X-Sandbox-Reply: text=%1B%5B31mred%0D%0A%C2%9B", "Hi"}).out,
            "\x1b[31mred\r\n\xc2\x9b\n");
}

TEST_F(Chat, NeverShowsControlsInErrors) {
  const Outcome outcome =
      run({"chat", "--header", "X-Sandbox-Reply: status=400; stream=no", "-s", "\x1b]0;owned\x07", "Hi"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
}

TEST_F(Chat, StartsASandboxOfItsOwn) {
  const Outcome outcome = run_program({"chat", "--sandbox", "Hi"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("gpt-4o received"));
  EXPECT_THAT(outcome.err, StartsWith("Asking the embedded sandbox at http://127.0.0.1:"));
}

}  // namespace
}  // namespace chatopen
