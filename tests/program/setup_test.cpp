// How the program is called and configured, whatever it does then.
#include "program_test.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace chatopen {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Setup : public ProgramTest {
 protected:
  // A configuration file that only we may read.
  std::string configuration(const std::string& text) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), 0600);
    return path_;
  }
  ~Setup() override { std::remove(path_.c_str()); }

  std::string path_ = testing::TempDir() + "chatopen_setup_test_" + std::to_string(::getpid()) + ".json";
};

TEST_F(Setup, ExplainsItself) {
  EXPECT_THAT(run({"--version"}).out, StartsWith("chatopen 0."));
  EXPECT_THAT(run({"--help"}).out, AllOf(HasSubstr("Usage: chatopen [OPTIONS] SUBCOMMAND"), HasSubstr("Exit codes: ")));
  EXPECT_THAT(run({"chat", "--help"}).out, HasSubstr("path: messages or prompt (default"));
  EXPECT_THAT(run({"batch", "--help"}).out, HasSubstr("Usage: chatopen batch [OPTIONS]"));
  for (const char* each : {"chat", "batch", "endpoints", "config", "sandbox", "completion"}) {
    EXPECT_EQ(run({each, "--help"}).code, 0) << each;
  }
}

TEST_F(Setup, RefusesWhatItDoesNotKnow) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{}, "name a command (there are chat, batch, "},
      {{"chap"}, "no such command: chap (there are chat, "},
      {{"--bogus"}, "no such option: --bogus"},
      {{"--sandbox", "chat", "Hi"}, "the option --sandbox goes after the command\nTry: chatopen chat --help"},
      {{"--endpoint=gemini", "chat", "Hi"}, "the option --endpoint goes after the command"},
      {{"-m", "other", "chat", "Hi"}, "the option -m goes after the command"},
      {{"--sandbox"}, "the option --sandbox goes after the command"},
      {{"--count", "2", "chat", "Hi"}, "no such option: --count"},
      {{"chat", "--bogus=1", "Hi"}, "no such option: --bogus\n"},
      {{"chat", "--timeout", "5 apples", "Hi"}, "--timeout: expected a time such as 500ms"},
      {{"chat", "--temperature", "hot", "Hi"}, "--temperature"},
      {{"chat", "--header", "odd", "Hi"}, "a header has no colon"},
      {{"batch", "-j", "0"}, "--concurrency"},
      {{"batch", "--resume"}, "name it with --output"},
      {{"completion", "tcsh"}, "tcsh"},
      {{"config", "extra"}, "more arguments than it takes"},
  };
  for (const auto& [arguments, message] : wrong) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << message;
    EXPECT_THAT(outcome.err, AllOf(StartsWith("chatopen: "), HasSubstr(message)));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST_F(Setup, TakesNoKeyFromTheCommandLineAndDoesNotRepeatOne) {
  for (const char* option : {"--access-key-secret", "--key", "--secret"}) {
    const Outcome outcome = run({"chat", std::string(option) + "=" + key_secret, "Hi"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("credentials are not taken from the command line"));
    EXPECT_EQ(run({"chat", option, key_secret}).code, 2);
  }
  const Outcome header = run({"chat", "--header", std::string("X-Request-Req-Accesskeysecret: ") + key_secret, "Hi"});
  EXPECT_EQ(header.code, 2);
}

TEST_F(Setup, SaysHowToTryWithoutAnAccount) {
  const Outcome outcome = run_program({"chat", "Hi"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("not set: CHATOPEN_BASE_URL, CHATOPEN_ACCESS_KEY_ID, "),
                                 HasSubstr("`chatopen sandbox`"), HasSubstr("--sandbox")));
}

TEST_F(Setup, TakesAProfileOfAConfigurationFile) {
  const std::string path = configuration(
      R"({"profiles":{"default":{"base_url":"https://nowhere.invalid"},"here":{"base_url":")" + sandbox_.base_url() +
      R"(","access_key_id":")" + key_id + R"(","access_key_secret":")" + key_secret +
      R"(","endpoints":{"gpt-4o":{"path":"/AIGCChatOpenServ/saas/gpt-4o/text","wire_form":"prompt"}}}}})");
  const Outcome outcome = run_program({"chat", "--config", path, "--profile", "here", "-e", "gpt-4o", "Hi"});
  EXPECT_EQ(outcome.out, "gpt-4o received the prompt \"Hi\"\n") << outcome.err;
  EXPECT_EQ(run_program({"chat", "-e", "gpt-4o", "Hi"}, {"CHATOPEN_CONFIG=" + path, "CHATOPEN_PROFILE=here"}).out,
            outcome.out);

  const Outcome shown = run_program({"config", "--config", path, "--profile", "here"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr(sandbox_.base_url()), HasSubstr("(hidden)"), HasSubstr("command line"),
                    HasSubstr("configuration file"), HasSubstr("endpoints.gpt-4o"), Not(HasSubstr("canary"))));
  const Outcome listed = run_program({"endpoints", "--json", "--config", path, "--profile", "here"});
  EXPECT_EQ(json::parse(listed.out)[3]["provenance"], "configured");
  EXPECT_EQ(json::parse(listed.out)[3]["form"], "prompt");
}

TEST_F(Setup, RefusesAConfigurationFileThatOthersMayRead) {
  const std::string path = configuration(R"({"profiles":{"default":{"access_key_secret":"canary"}}})");
  ::chmod(path.c_str(), 0644);
  const Outcome outcome = run_program({"config", "--config", path});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("chmod 600"), Not(HasSubstr("canary"))));
}

TEST_F(Setup, SaysWhenAFileIsMissing) {
  const Outcome outcome = run({"config", "--config", "/nowhere/chatopen.json"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("/nowhere/chatopen.json"));
  EXPECT_EQ(run({"config", "--profile", "work"}).code, 3);
  EXPECT_EQ(run({"chat", "-i", "/nowhere/cat.png", "Hi"}).code, 4);
  EXPECT_EQ(run({"batch", "/nowhere/in.jsonl"}).code, 4);
}

TEST_F(Setup, ShowsWhereEverySettingComesFrom) {
  const Outcome outcome = run({"config", "--json"});
  EXPECT_EQ(outcome.code, 0);
  const json settings = json::parse(outcome.out);
  EXPECT_EQ(settings[0],
            (json{{"setting", "base_url"}, {"value", sandbox_.base_url()}, {"from", "CHATOPEN_BASE_URL"}}));
  EXPECT_EQ(settings[2],
            (json{{"setting", "access_key_secret"}, {"value", "(hidden)"}, {"from", "CHATOPEN_ACCESS_KEY_SECRET"}}));
  EXPECT_THAT(run({"config", "--check"}).out, StartsWith("The configuration is usable"));
}

TEST_F(Setup, HidesAPasswordInTheBaseUrl) {
  Variables wrong = variables();
  wrong[0] = "CHATOPEN_BASE_URL=https://user:canary@gateway.example/x";
  const Outcome outcome = run_program({"config"}, wrong);
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out + outcome.err,
              AllOf(HasSubstr("https://(hidden)@gateway.example"), Not(HasSubstr("canary"))));
}

TEST_F(Setup, RefusesPlainHttpToOtherHosts) {
  Variables wrong = variables();
  wrong[0] = "CHATOPEN_BASE_URL=http://gateway.example";
  EXPECT_EQ(run_program({"config", "--check"}, wrong).code, 3);
}

TEST_F(Setup, RefusesAnAuthorityFileThatIsMissing) {
  EXPECT_EQ(run({"chat", "--ca-file", "/nowhere/ca.pem", "Hi"}).code, 3);
}

TEST_F(Setup, ListsEveryEndpointWithItsProvenance) {
  const Outcome table = run_program({"endpoints"});
  EXPECT_EQ(table.code, 0);
  const json list = json::parse(run_program({"endpoints", "--json"}).out);
  ASSERT_EQ(list.size(), endpoints::all().size() + 1);
  for (const Endpoint& each : endpoints::all()) {
    EXPECT_THAT(table.out, AllOf(HasSubstr(each.name), HasSubstr(each.reference_name)));
  }
  EXPECT_EQ(list[4]["provenance"], "documented");
  EXPECT_EQ(list[5]["provenance"], "inferred");
  EXPECT_EQ(list[12]["provenance"], "observed");
}

TEST_F(Setup, ServesASandboxInTheForeground) {
  RunningProgram sandbox({"sandbox", "--max-connections", "4"});
  sandbox.read_until("CHATOPEN_ACCESS_KEY_SECRET=sandbox-key-secret\n");
  Variables its;
  std::string line;
  std::istringstream lines(sandbox.output());
  while (std::getline(lines, line)) its.push_back(line.substr(std::string("export ").size()));
  ASSERT_EQ(its.size(), 3U);
  EXPECT_THAT(run_program({"chat", "Hi"}, its).out, StartsWith("gpt-4o received"));
  const std::string port = its[0].substr(its[0].rfind(':') + 1);
  EXPECT_EQ(run_program({"sandbox", "--port", port}).code, 1);
  sandbox.send_signal(SIGINT);
  EXPECT_EQ(sandbox.wait(), 0);
}

TEST_F(Setup, OpensNothingAsAStreamThatIsClosed) {
  for (const char* arguments :
       {" chat --sandbox Hi >&- 2>/dev/null", " chat --sandbox <&-", " batch --sandbox <&- 2>&-"}) {
    EXPECT_EQ(WEXITSTATUS(std::system((std::string(CHATOPEN_PROGRAM) + arguments).c_str())), 4) << arguments;
  }
}

TEST_F(Setup, SaysWhenItsOutputCannotBeWritten) {
  for (const char* arguments : {" endpoints", " sandbox", " sandbox --help"}) {
    const std::string command = std::string(CHATOPEN_PROGRAM) + arguments + " >/dev/full 2>&1";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 4) << arguments;
  }
}

}  // namespace
}  // namespace chatopen
