#include "program_test.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

namespace chatopen {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<json> records(const std::string& text) {
  std::vector<json> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  return all;
}

std::vector<int> line_numbers(const std::vector<json>& all) {
  std::vector<int> numbers;
  for (const json& each : all) numbers.push_back(each["line"]);
  return numbers;
}

class Batch : public ProgramTest {
 protected:
  ~Batch() override {
    for (const std::string& each : {input_, output_, output_ + ".new"}) std::remove(each.c_str());
  }

  static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // So many questions, each by its number.
  static std::string questions(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += R"({"id":"q)" + std::to_string(i) + R"(","prompt":"question"})" + "\n";
    return text;
  }

  std::string input_ = testing::TempDir() + "chatopen_batch_in_" + std::to_string(::getpid()) + ".jsonl";
  std::string output_ = testing::TempDir() + "chatopen_batch_out_" + std::to_string(::getpid()) + ".jsonl";
};

TEST_F(Batch, AnswersEachLineInOrder) {
  const Outcome outcome = run({"batch"}, R"({"id":"a","prompt":"one","headers":{"X-Sandbox-Reply":"delay-ms=50"}})"
                                         "\n\n"
                                         R"({"id":7,"prompt":"two"})"
                                         "\n"
                                         R"({"prompt":"three"})");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  const std::vector<json> all = records(outcome.out);
  EXPECT_THAT(line_numbers(all), ElementsAre(1, 3, 4));
  EXPECT_EQ(all[0],
            (json{{"line", 1}, {"id", "a"}, {"text", "gpt-4o received 1 message: user: \"one\""}, {"attempts", 1}}));
  EXPECT_EQ(all[1]["id"], 7);
  EXPECT_FALSE(all[2].contains("id"));
}

TEST_F(Batch, WritesWhatIsDoneFirstWhenOrderDoesNotMatter) {
  RunningProgram program({"batch", "--unordered"}, variables());
  program.write(R"({"prompt":"one","headers":{"X-Sandbox-Reply":"delay-ms=600000"}})"
                "\n"
                R"({"prompt":"two"})"
                "\n");
  EXPECT_THAT(program.read_until("\n"), HasSubstr(R"({"line":2,)"));
}

TEST_F(Batch, AnswersWhileTheInputIsStillOpen) {
  RunningProgram program({"batch"}, variables());
  program.write(R"({"prompt":"one"})"
                "\n");
  EXPECT_THAT(program.read_until("\n"), HasSubstr(R"({"line":1,)"));
  program.write(R"({"prompt":"two"})");
  EXPECT_EQ(program.wait(), 0);
  EXPECT_THAT(line_numbers(records(program.output())), ElementsAre(1, 2));
}

TEST_F(Batch, UnderstandsEveryMember) {
  const Outcome outcome = run(
      {"batch", "--system", "Be brief.", "--temperature", "0.1", "--raw"},
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"imageUrl","imageUrl":{"url":"https://e.com/a.jpg"}}]},{"role":"assistant","content":"yes"},{"role":"user","content":"and?"}],"model":"other","temperature":0.5,"top_p":0.9,"max_tokens":10,"seed":7,"stop":["END"],"response_format":{"type":"json_object"},"extra":{"knowledgeBase":"handbook"}})"
      "\n"
      R"({"prompt":"x","images":["https://e.com/b.jpg"],"system":"","stop":"END"})"
      "\n"
      R"({"prompt":"y","endpoint":"deepseek-chat-streaming"})"
      "\n"
      R"({"prompt":"z","path":"/AIGCChatOpenServ/saas/{model}/text","form":"prompt","model":"own"})"
      "\n"
      R"({"messages":[{"role":"user","content":"w"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"r"}]})");
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  const std::vector<json> all = records(outcome.out);
  EXPECT_THAT(
      all[0]["text"].get<std::string>(),
      AllOf(HasSubstr("other received 4 messages: system: \"Be brief.\"; user: text \"hi\" and picture"),
            HasSubstr("temperature: 0.5"), HasSubstr("seed: 7"), HasSubstr("json_object"), HasSubstr("knowledgeBase")));
  EXPECT_EQ(all[0]["raw"]["data"]["answer"], all[0]["text"]);
  EXPECT_THAT(all[1]["text"].get<std::string>(), AllOf(HasSubstr("received 1 message"), HasSubstr("temperature: 0.1")));
  EXPECT_EQ(all[2]["text"],
            "deepseek-chat received the prompt \"y\" and the system prompt \"Be brief.\" (temperature: 0.1)");
  EXPECT_EQ(all[3]["text"], "own received the prompt \"z\" and the system prompt \"Be brief.\" (temperature: 0.1)");
  EXPECT_EQ(all[4]["line"], 5);
}

TEST_F(Batch, NamesALineThatHasAMemberTwice) {
  const Outcome outcome = run({"batch"}, R"({"id":"a","prompt":"one","prompt":"two"})");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(records(outcome.out).at(0)["id"], "a");
}

TEST_F(Batch, SaysWhatIsWrongWithALine) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"not json", "not valid JSON at byte 2"},
      {"[1]", "the line: expected a JSON object"},
      {R"({"prompt":"a","temprature":1})", "temprature: no such member"},
      {R"({"prompt":"a","prompt":"b"})", "prompt: the member is there twice"},
      {R"({"prompt":"a","extra":{"b":{"c":1},"d":[{"c":1},{"c":1,"\u0063":2}]}})", "c: the member is there twice"},
      {R"({"prompt":1})", "prompt: expected a string"},
      {R"({"prompt":"a","messages":[]})", "both prompt and messages"},
      {R"({"id":"x"})", "neither prompt nor messages"},
      {R"({"id":{},"prompt":"a"})", "id: expected a string or a number"},
      {R"({"prompt":"a","max_tokens":1.5})", "max_tokens: expected a whole number"},
      {R"({"prompt":"a","endpoint":"nope"})", "no such endpoint: nope"},
      {R"({"prompt":"a","images":["/nowhere.png"]})", "/nowhere.png"},
      {R"({"messages":[{"content":"a"}]})", "messages[0].role is missing"},
      {R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})", "messages[0].content[0]: expected {"},
      {R"({"messages":[],"images":["https://e.com/a.jpg"]})", "images: only with prompt"},
      {R"({"prompt":"a","headers":{"X-A":1}})", "headers.X-A: expected a string"},
      {R"({"prompt":"a","extra":[]})", "extra: expected a JSON object"},
      {R"({"prompt":""})", "content is empty"},
      {R"({"prompt":"a","endpoint":"deepseek-chat-streaming","images":["https://e.com/a.jpg"]})", "prompt form"},
      {R"({"prompt":"a","extra":{"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}}",
       "nested deeper than 256 levels"},
  };
  std::string input;
  for (const auto& [line, message] : wrong) input += line + "\n";
  write(input_, input + R"({"prompt":"good"})");
  const Outcome outcome = run({"batch", input_});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("1 line answered, 20 lines failed"));
  const std::vector<json> all = records(outcome.out);
  ASSERT_EQ(all.size(), wrong.size() + 1);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(all[i]["line"], i + 1);
    EXPECT_THAT(all[i]["error"]["message"].get<std::string>(),
                AllOf(StartsWith(input_ + ", line " + std::to_string(i + 1) + ": "), HasSubstr(wrong[i].second)));
    EXPECT_THAT(all[i]["error"]["kind"], testing::AnyOf("invalid_argument", "io"));
  }
  EXPECT_EQ(all[7]["id"], "x");
}

TEST_F(Batch, RecordsWhatTheServiceRefuses) {
  const Outcome outcome =
      run({"batch", "--retries", "0"}, R"({"prompt":"a","headers":{"X-Sandbox-Reply":"status=500; request-id=r-1"}})"
                                       "\n"
                                       R"({"prompt":"b","headers":{"X-Sandbox-Reply":"status=429; retry-after=2"}})");
  EXPECT_EQ(outcome.code, 1);
  const std::vector<json> all = records(outcome.out);
  EXPECT_EQ(all[0]["error"]["kind"], "server_error");
  EXPECT_EQ(all[0]["error"]["http_status"], 500);
  EXPECT_EQ(all[0]["error"]["request_id"], "r-1");
  EXPECT_EQ(all[0]["error"]["maybe_processed"], true);
  EXPECT_EQ(all[1]["error"]["retry_after_ms"], 2000);
}

TEST_F(Batch, AsksOnlySoManyAtATime) {
  std::string input;
  // Each waits for 8, so that fewer at a time would never end, and a ninth would find another gate.
  for (int i = 0; i < 16; ++i)
    input += R"({"prompt":"a","headers":{"X-Sandbox-Reply":"together=8"}})"
             "\n";
  EXPECT_EQ(run({"batch", "-j", "8"}, input).code, 0);
  EXPECT_LE(sandbox_.connections(), 8U);
}

TEST_F(Batch, MayHaveMoreConnectionsThanTheShellsLimitLets) {
  std::string input;
  for (int i = 0; i < 200; ++i)
    input += R"({"prompt":"a","headers":{"X-Sandbox-Reply":"together=200"}})"
             "\n";
  write(input_, input);
  const std::string command =
      "ulimit -Sn 256; '" CHATOPEN_PROGRAM "' batch --sandbox -j 200 '" + input_ + "' -o '" + output_ + "' 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(Batch, ReadsAheadOnlySoFar) {
  RunningProgram program({"batch", "-j", "2"}, variables());
  std::string input = R"({"prompt":"slow","headers":{"X-Sandbox-Reply":"delay-ms=600000"}})"
                      "\n";
  program.write(input + questions(50));
  // The first holds back the order: 8 lines are under way or wait for it, and the others are not asked.
  while (sandbox_.requests() < 7) ::usleep(1000);
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 130);
  EXPECT_LE(sandbox_.requests(), 8U);
  EXPECT_LE(records(program.output()).size(), 7U);
}

TEST_F(Batch, WritesWhatHasEndedWhenItIsInterrupted) {
  RunningProgram program({"batch", "-o", output_}, variables());
  program.write(R"({"prompt":"slow","headers":{"X-Sandbox-Reply":"delay-ms=600000"}})"
                "\n" +
                questions(3));
  while (sandbox_.requests() < 3) ::usleep(1000);
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 130);
  EXPECT_THAT(program.errors(), HasSubstr("interrupted; --resume goes on"));
  for (const json& each : records(read(output_))) EXPECT_FALSE(each.contains("error"));
  EXPECT_THAT(line_numbers(records(read(output_))), Not(testing::Contains(1)));
}

TEST_F(Batch, EndsOnASecondInterruptionWhateverHangs) {
  RunningProgram program({"batch"}, variables());
  // More than a pipe holds, so that writing waits for a reader who never comes.
  program.write(R"({"prompt":")" + std::string(std::size_t{1} << 20, 'x') + "\"}\n");
  while (sandbox_.requests() < 1) ::usleep(1000);
  int code = 0;
  while (!program.has_ended(code)) {
    program.send_signal(SIGINT);
    ::usleep(1000);
  }
  EXPECT_EQ(code, 130);
}

TEST_F(Batch, EndsQuietlyWhenNobodyReadsOn) {
  write(input_, questions(2000));
  RunningProgram program({"batch", input_}, variables());
  program.read_until("\n");
  program.close_output();
  EXPECT_EQ(program.wait(), 141);
  EXPECT_THAT(program.errors(), IsEmpty());
}

TEST_F(Batch, DoesNotTouchAnOutputFileThatIsThere) {
  write(output_, "precious\n");
  write(input_, questions(1));
  const Outcome refused = run({"batch", input_, "-o", output_});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--resume goes on"));
  for (const char* option : {"--resume", "--retry-failed"}) {
    const Outcome outcome = run({"batch", input_, "-o", output_, option});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("line 1: not a record of a batch"));
  }
  EXPECT_EQ(read(output_), "precious\n");
  EXPECT_EQ(sandbox_.requests(), 0U);
}

TEST_F(Batch, GoesOnWhereItEnded) {
  write(input_, questions(4));
  write(output_, R"({"line":2,"id":"q2","text":"earlier"})"
                 "\n"
                 R"({"line":3,"id":"q3","error":{}})"
                 "\n"
                 R"({"line":4,"id":"q4","te)");
  const Outcome outcome = run({"batch", input_, "-o", output_, "--resume"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("2 lines answered, 2 lines already there (1 of them failed)"));
  EXPECT_THAT(line_numbers(records(read(output_))), ElementsAre(2, 3, 1, 4));
  EXPECT_EQ(sandbox_.requests(), 2U);
}

TEST_F(Batch, GoesOnAfterALineThatWasRefused) {
  write(input_, R"({"temprature":1,"id":"a","prompt":"one"})"
                "\n"
                R"({"id":"b","prompt":"two"})");
  EXPECT_EQ(run({"batch", input_, "-o", output_}).code, 1);
  EXPECT_EQ(records(read(output_))[0]["id"], "a");
  const Outcome outcome = run({"batch", input_, "-o", output_, "--resume"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("2 lines already there (1 of them failed)"));
}

TEST_F(Batch, KeepsALastRecordThatOnlyLacksItsLineBreak) {
  write(input_, questions(2));
  write(output_, R"({"line":1,"id":"q1","text":"earlier"})");
  EXPECT_EQ(run({"batch", input_, "-o", output_, "--resume"}).code, 0);
  EXPECT_THAT(line_numbers(records(read(output_))), ElementsAre(1, 2));
  EXPECT_EQ(sandbox_.requests(), 1U);
}

TEST_F(Batch, AsksAgainWhatHasFailedWhenTold) {
  write(input_, questions(3));
  write(output_, R"({"line":1,"id":"q1","text":"earlier"})"
                 "\n"
                 R"({"line":2,"id":"q2","error":{}})"
                 "\n"
                 R"({"line":3,"i)");
  EXPECT_EQ(run({"batch", input_, "-o", output_, "--retry-failed"}).code, 0);
  const std::vector<json> all = records(read(output_));
  EXPECT_THAT(line_numbers(all), ElementsAre(1, 2, 3));
  EXPECT_EQ(all[0]["text"], "earlier");
  EXPECT_NE(::access((output_ + ".new").c_str(), F_OK), 0);
}

TEST_F(Batch, AsksAgainInTheFileThatALinkNamesAndForTheSameReaders) {
  write(input_, questions(1));
  const std::string target = output_ + ".target";
  write(target, R"({"line":1,"id":"q1","error":{}})"
                "\n");
  ASSERT_EQ(::chmod(target.c_str(), 0640), 0);
  ASSERT_EQ(::symlink(target.c_str(), output_.c_str()), 0);
  EXPECT_EQ(run({"batch", input_, "-o", output_, "--retry-failed"}).code, 0);
  struct stat link {};
  struct stat file {};
  ASSERT_EQ(::lstat(output_.c_str(), &link), 0);
  EXPECT_TRUE(S_ISLNK(link.st_mode));
  ASSERT_EQ(::stat(target.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777U, 0640U);
  EXPECT_THAT(read(target), HasSubstr(R"("text":)"));
  std::remove(target.c_str());
}

TEST_F(Batch, DoesNotGoOnWithOtherInput) {
  write(input_, questions(2));
  write(output_, R"({"line":2,"id":"other","text":"earlier"})"
                 "\n");
  const Outcome outcome = run({"batch", input_, "-o", output_, "--resume"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("line 2 of the input has another id"));
}

TEST_F(Batch, SharesItsOutputWithNobody) {
  RunningProgram first({"batch", "-o", output_}, variables());
  first.write(questions(1));
  while (sandbox_.requests() < 1) ::usleep(1000);
  const Outcome second = run({"batch", "-o", output_, "--resume"});
  EXPECT_EQ(second.code, 2);
  EXPECT_THAT(second.err, HasSubstr("another batch is writing"));
  EXPECT_EQ(first.wait(), 0);
}

TEST_F(Batch, SaysWhenTheDiskIsFull) {
  write(input_, questions(1));
  const Outcome outcome = run({"batch", input_, "-o", "/dev/full"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write /dev/full: No space left"));
}

TEST_F(Batch, LosesAndRepeatsNoLineHoweverOftenItIsKilled) {
  constexpr int count = 1000;
  write(input_, questions(count));
  std::mt19937 random(20);  // NOLINT(*-msc51-cpp): repeatable on purpose
  for (int kill = 0; kill < 10; ++kill) {
    const auto before = static_cast<long>(records(read(output_).substr(0, read(output_).rfind('\n') + 1)).size());
    const long until = std::min(before + static_cast<long>(random() % 40), long{count});
    RunningProgram program({"batch", input_, "-o", output_, "--resume", "-j", "32"}, variables());
    for (long lines = 0; lines < until;) {
      const std::string text = read(output_);
      lines = std::count(text.begin(), text.end(), '\n');
    }
    program.send_signal(SIGKILL);
    // The last ones may find nothing left to do.
    EXPECT_THAT(program.wait(), testing::AnyOf(-SIGKILL, 0));
  }
  EXPECT_EQ(run({"batch", input_, "-o", output_, "--resume"}).code, 0);
  std::map<int, int> times;
  for (const json& each : records(read(output_))) ++times[each["line"].get<int>()];
  EXPECT_EQ(times.size(), static_cast<std::size_t>(count));
  for (const auto& [line, how_often] : times) EXPECT_EQ(how_often, 1) << line;
}

}  // namespace
}  // namespace chatopen
