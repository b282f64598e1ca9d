#include "process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chatopen {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Example {
  const char* program;
  std::vector<const char*> output;
};

void PrintTo(const Example& example, std::ostream* stream) {
  *stream << example.program;
}

class TalkingExample : public testing::TestWithParam<Example> {
 protected:
  static void expect_output(Process& process) {
    EXPECT_EQ(process.wait(), 0) << process.errors();
    const std::string output = process.rest_of_output();
    for (const char* expected : GetParam().output) EXPECT_THAT(output, HasSubstr(expected));
  }
};

TEST_P(TalkingExample, StartsASandboxAndSaysSo) {
  Process process({GetParam().program});
  expect_output(process);
  EXPECT_THAT(process.errors(), HasSubstr("asking the built-in sandbox at http://127.0.0.1:"));
}

// What a sandbox that has just started prints for a shell.
std::vector<std::string> variables_for(Process& sandbox) {
  std::vector<std::string> variables;
  for (int i = 0; i < 3; ++i) variables.push_back(sandbox.read_line().substr(std::string("export ").size()));
  return variables;
}

TEST_P(TalkingExample, TalksToTheServerThatTheEnvironmentNames) {
  Process server({CHATOPEN_PROGRAM_SANDBOX});
  Process process({GetParam().program}, variables_for(server));
  expect_output(process);
  EXPECT_THAT(process.errors(), IsEmpty());
}

TEST_P(TalkingExample, FailsWhenTheEnvironmentIsIncomplete) {
  Process process({GetParam().program}, {"CHATOPEN_BASE_URL=https://gateway.example"});
  EXPECT_EQ(process.wait(), 1);
  EXPECT_THAT(process.errors(), HasSubstr("CHATOPEN_ACCESS_KEY_ID"));
}

INSTANTIATE_TEST_SUITE_P(
    Examples, TalkingExample,
    testing::Values(
        Example{CHATOPEN_PROGRAM_MULTIMODAL,
                {"gpt-4o received 1 message: user: text \"what's the content of the picture?\" and picture "
                 "https://example.com/a.jpg\n"}},
        Example{CHATOPEN_PROGRAM_CHAT,
                {"deepseek-chat received 2 messages: system: ", "user: \"Why is the sky blue?\"",
                 "deepseek-chat received 4 messages: ", "user: \"And why is it red in the evening?\""}},
        Example{CHATOPEN_PROGRAM_UPLOAD,
                {"100 % of 67 bytes\n", "Uploaded to https://sandbox.invalid/files/", "pixel.png\n",
                 "Sending the file in the message, because: invalid_request (HTTP 413)",
                 "and picture https://sandbox.invalid/files/", "and picture image/png, 67 bytes\n"}},
        Example{CHATOPEN_PROGRAM_LOCAL_PICTURE, {"Sending image/png, 67 bytes\n", "and picture image/png, 67 bytes\n"}},
        Example{
            CHATOPEN_PROGRAM_CUSTOM_ENDPOINT,
            {"gpt-4o-multimodal: /AIGCChatOpenServ/saas/gpt-4o/text/v3 (documented)\n",
             "moonshot-128k received the prompt \"Why?\" and the system prompt \"Be brief.\"\n",
             "my-model received 2 messages: system: \"Be brief.\"; user: \"Why?\" (knowledgeBase: \"handbook\")\n"}},
        Example{CHATOPEN_PROGRAM_ERROR_HANDLING,
                {"invalid_argument", "-> correct the request or the file\n", "server_error", "2 attempts", "timeout",
                 "-> it may have been done and billed", "authentication", "-> correct the set-up"}},
        Example{CHATOPEN_PROGRAM_STREAMING,
                {"the prompt \"Why is the sky blue?\" and the system prompt \"Be brief.\"\n(90 bytes)\n",
                 "deepseek-chat received the prompt …\nbroke off: server_error"}},
        Example{CHATOPEN_PROGRAM_GAME_LOOP,
                {"Innkeeper: innkeeper received 2 messages: ", "Is there a room left?\" (stream: true)\n",
                 " frames; the longest spent "}},
        Example{CHATOPEN_PROGRAM_GENERATE_IMAGE,
                {"Made 1024 x 576 pixels\n", "Saved generated.png: image/png, ", " bytes\n"}},
        Example{CHATOPEN_PROGRAM_GENERATE_IMAGES, {"1 of 20\n", "20 of 20\n", "Saved 20 pictures, "}},
        Example{CHATOPEN_PROGRAM_CONCURRENT, {"1000 of 1000 lines finished, "}},
        Example{
            CHATOPEN_PROGRAM_COROUTINE,
            {"deepseek-chat: deepseek-chat received 1 message: ", "deepseek-chat: deepseek-chat received 3 messages: ",
             "moonshot-128k: moonshot-128k received 1 message: ",
             "moonshot-128k: moonshot-128k received 3 messages: "}},
        Example{CHATOPEN_PROGRAM_CONVERSATION,
                {"Innkeeper: innkeeper received 2 messages: system: \"You keep an inn in the mountains.\"; user: ",
                 "Guest: Then I take it, thank you.\nInnkeeper: innkeeper received 4 messages: ",
                 "Guest: Is supper included?\nInnkeeper: innkeeper received 4 messages: ", "(4 messages)\n"}},
        Example{CHATOPEN_PROGRAM_TOOLS,
                {"May weather run with {\"city\":\"Oslo\"}? Yes.\n", "tool: {\"sky\":\"clear\",\"degrees\":21}\n",
                 "assistant: gpt-4o received 3 messages: ", "2 steps, "}},
        Example{CHATOPEN_PROGRAM_STRUCTURED_OUTPUT,
                {"It is asked again: ", "type must be number, but is string\n", "Ada, 36, curious\n"}},
        Example{CHATOPEN_PROGRAM_CANCELLATION,
                {"A deadline for the whole call:\n  timeout: ", "cancelled by another thread:\n  cancelled: ",
                 "A stop token:\n  cancelled: ", "A pending call:\n  cancelled: ",
                 "Three pieces are enough:\n  answered: gpt-4o received 1 \n"}},
        Example{CHATOPEN_PROGRAM_OBSERVER,
                {"gen_ai.operation.name=chat gen_ai.request.model=gpt-4o ", "gen_ai.response.time_to_first_chunk=",
                 "error.type=server_error", " attempts=2 retry=server_error/"}}),
    [](const testing::TestParamInfo<Example>& example) {
      const std::string path = example.param.program;
      return path.substr(path.rfind('/') + 1);
    });

TEST(Readme, AsksAboutAPicture) {
  Process server({CHATOPEN_PROGRAM_SANDBOX});
  Process process({CHATOPEN_PROGRAM_README}, variables_for(server));
  EXPECT_EQ(process.wait(), 0) << process.errors();
  EXPECT_THAT(process.rest_of_output(), HasSubstr("picture https://example.com/a.jpg"));
}

TEST(LocalPictureExample, SendsTheFileThatItsArgumentNames) {
  const std::string path = testing::TempDir() + "chatopen_example.gif";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  std::fputs("GIF89a, or so it begins", file);
  std::fclose(file);
  Process process({CHATOPEN_PROGRAM_LOCAL_PICTURE, path});
  EXPECT_EQ(process.wait(), 0) << process.errors();
  EXPECT_THAT(process.rest_of_output(), HasSubstr("and picture image/gif, 23 bytes\n"));
  std::remove(path.c_str());
}

TEST(LocalPictureExample, RefusesWhatIsNoPicture) {
  Process process({CHATOPEN_PROGRAM_LOCAL_PICTURE, "/nonexistent.png"});
  EXPECT_EQ(process.wait(), 1);
  EXPECT_THAT(process.errors(), HasSubstr("/nonexistent.png"));
}

TEST(GenerateImageExample, SavesTheFileThatItsArgumentNames) {
  const std::string path = testing::TempDir() + "chatopen_generated.png";
  Process process({CHATOPEN_PROGRAM_GENERATE_IMAGE, "a dog", path});
  EXPECT_EQ(process.wait(), 0) << process.errors();
  EXPECT_THAT(process.rest_of_output(), HasSubstr("Saved " + path + ": image/png, "));
  std::FILE* file = std::fopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr);
  char first[8] = {};
  EXPECT_EQ(std::fread(first, 1, sizeof(first), file), sizeof(first));
  std::fclose(file);
  EXPECT_EQ(std::string(first, sizeof(first)), "\x89PNG\r\n\x1a\n");
  std::remove(path.c_str());
}

TEST(MultimodalExample, FailsWithWrongCredentials) {
  Process server({CHATOPEN_PROGRAM_SANDBOX});
  const std::string url = server.read_line().substr(std::string("export ").size());
  Process process({CHATOPEN_PROGRAM_MULTIMODAL},
                  {url, "CHATOPEN_ACCESS_KEY_ID=a", "CHATOPEN_ACCESS_KEY_SECRET=canary-secret"});
  EXPECT_EQ(process.wait(), 1);
  EXPECT_THAT(process.errors(), HasSubstr("authentication"));
  EXPECT_THAT(process.errors(), testing::Not(HasSubstr("canary-secret")));
}

TEST(RecordReplayExample, RecordsOnceAndReplaysWithoutAServer) {
  const std::string cassette = testing::TempDir() + "chatopen_example_cassette.json";
  std::remove(cassette.c_str());
  Process server({CHATOPEN_PROGRAM_SANDBOX});
  Process first({CHATOPEN_PROGRAM_RECORD_REPLAY, cassette}, variables_for(server));
  EXPECT_EQ(first.wait(), 0) << first.errors();
  const std::string recorded = first.rest_of_output();
  EXPECT_THAT(recorded, HasSubstr("recorded: [deepseek-chat ][received ]"));
  EXPECT_THAT(recorded, HasSubstr("replayed: [deepseek-chat ][received ]"));
  EXPECT_THAT(recorded, HasSubstr("/issue: recorded \"Why is the sky blue?\", sent \"Why is the sky red?\""));
  Process second({CHATOPEN_PROGRAM_RECORD_REPLAY, cassette});
  EXPECT_EQ(second.wait(), 0);
  EXPECT_THAT(second.errors(), IsEmpty());
  EXPECT_EQ(second.rest_of_output(), recorded.substr(recorded.find("replayed: ")));
  std::remove(cassette.c_str());
}

TEST(TestYourAppExample, Passes) {
  Process process({CHATOPEN_PROGRAM_TEST_YOUR_APP});
  EXPECT_EQ(process.wait(), 0);
  const std::string output = process.rest_of_output();
  EXPECT_THAT(output, HasSubstr("ok      the caption is the answer\n"));
  EXPECT_THAT(output, testing::Not(HasSubstr("FAILED")));
}

}  // namespace
}  // namespace chatopen
