#include "process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace chatopen {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class SandboxProgramSignal : public testing::TestWithParam<int> {};

TEST_P(SandboxProgramSignal, EndsItCleanly) {
  Process server({CHATOPEN_PROGRAM_SANDBOX});
  EXPECT_THAT(server.read_line(), StartsWith("export CHATOPEN_BASE_URL=http://127.0.0.1:"));
  EXPECT_THAT(server.read_line(), StartsWith("export CHATOPEN_ACCESS_KEY_ID="));
  EXPECT_THAT(server.read_line(), StartsWith("export CHATOPEN_ACCESS_KEY_SECRET="));
  server.send_signal(GetParam());
  EXPECT_EQ(server.wait(), 0);
  EXPECT_EQ(server.errors(), "");
}

INSTANTIATE_TEST_SUITE_P(Signals, SandboxProgramSignal, testing::Values(SIGINT, SIGTERM));

TEST(SandboxProgram, SaysWhenItsPortIsTaken) {
  Process first({CHATOPEN_PROGRAM_SANDBOX});
  const std::string url = first.read_line();
  Process second({CHATOPEN_PROGRAM_SANDBOX, "--port", url.substr(url.rfind(':') + 1)});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("cannot listen on 127.0.0.1:"));
}

TEST(SandboxProgram, ExplainsItself) {
  Process help({CHATOPEN_PROGRAM_SANDBOX, "--help"});
  EXPECT_EQ(help.wait(), 0);
  EXPECT_THAT(help.rest_of_output(), StartsWith("Usage: chatopen-sandbox"));
  Process version({CHATOPEN_PROGRAM_SANDBOX, "--version"});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_THAT(version.rest_of_output(), StartsWith("chatopen-sandbox "));
}

TEST(SandboxProgram, SaysWhenItsOutputCannotBeWritten) {
  for (const char* option : {"", " --help", " --version"}) {
    Process process({"/bin/sh", "-c", std::string("exec '" CHATOPEN_PROGRAM_SANDBOX "'") + option + " >/dev/full"});
    EXPECT_EQ(process.wait(), 4) << option;
    EXPECT_EQ(process.errors(), "chatopen-sandbox: cannot write to the standard output: No space left on device\n");
  }
  // What is opened then would otherwise be written to as the standard output.
  Process closed({"/bin/sh", "-c", "exec '" CHATOPEN_PROGRAM_SANDBOX "' >&-"});
  EXPECT_EQ(closed.wait(), 4);
  EXPECT_EQ(closed.errors(), "chatopen-sandbox: cannot write to the standard output: Bad file descriptor\n");
}

TEST(SandboxProgram, RefusesOptionsThatItDoesNotHave) {
  const std::vector<std::vector<std::string>> wrong = {{"--prot", "1"},     {"--port"},     {"--port", "x"},
                                                       {"--port", "65536"}, {"--port", ""}, {"80"}};
  for (std::vector<std::string> arguments : wrong) {
    arguments.insert(arguments.begin(), CHATOPEN_PROGRAM_SANDBOX);
    Process process(arguments);
    EXPECT_EQ(process.wait(), 2) << arguments[1];
    EXPECT_THAT(process.errors(), AllOf(StartsWith("chatopen-sandbox: "), HasSubstr("Usage: chatopen-sandbox")))
        << arguments[1];
  }
}

}  // namespace
}  // namespace chatopen
