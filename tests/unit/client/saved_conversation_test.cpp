#include "client_fixture.hpp"
#include "conversation_texts.hpp"

#include <chatopen/conversation.hpp>

#include <sys/stat.h>

#include <gmock/gmock.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view gif = "GIF89a, or so it begins";

class SavedConversation : public ClientOverMock {
 protected:
  SavedConversation() {
    // What a crash has left.
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~SavedConversation() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
  }
  [[nodiscard]] Conversation empty() const { return {make(), endpoints::gpt_4o()}; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
  }

 private:
  std::filesystem::path directory_ =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("conversation_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(SavedConversation, HasTheDocumentedFormat) {
  Conversation conversation(make(), endpoints::gpt_4o(), "Be \"brief\".");
  write("a.gif", gif);
  ASSERT_TRUE(
      conversation.accept({Message::user({text("And?"), image_url("https://x.example/a.png"),
                                          image_bytes(std::string(gif)).value(), image_file(path("a.gif")).value()}),
                           calling({"c1"}), Message::tool("c1", "ok"), Message::assistant("Yes.")}));
  EXPECT_EQ(conversation.to_json().value(), R"({"version":1,
"persona":[
{"role":"system","text":"Be \"brief\"."}],
"history":[
{"role":"user","parts":[{"text":"And?"},{"image_url":"https://x.example/a.png"},)"
                                            R"({"image_bytes":"R0lGODlhLCBvciBzbyBpdCBiZWdpbnM="},{"image_file":")" +
                                                path("a.gif") + R"("}]},
{"role":"assistant","tool_calls":[{"id":"c1","name":"f","arguments":"{}"}]},
{"role":"tool","text":"ok","tool_call_id":"c1"},
{"role":"assistant","text":"Yes."}]}
)");
  EXPECT_EQ(empty().to_json().value(), "{\"version\":1,\n\"persona\":[],\n\"history\":[]}\n");
}

// Text with everything that JSON escapes, and every plane of Unicode.
std::string any_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"a",    "\"",   "\\", "/",  "\n", "\r", "\t", std::string(1, '\0'),
                                                  "\x1f", "\x7f", "ä",  "中", "😀",  "{",  "]",  "\\u0041",
                                                  "null"};
  std::string text;
  for (std::size_t left = random() % 12; left > 0; --left) text += pieces[random() % pieces.size()];
  return text;
}

std::vector<Message> any_exchange(std::mt19937& random, const std::string& file) {
  std::vector<Message> messages = {Message::user("?" + any_text(random))};
  if (random() % 2 == 0) {
    messages[0].text.clear();
    for (std::size_t left = 1 + random() % 3; left > 0; --left) {
      switch (random() % 4) {
        case 0: messages[0].parts.emplace_back(text(any_text(random))); break;
        case 1: messages[0].parts.emplace_back(image_url("https://x.example/\"\\ä/" + std::to_string(random()))); break;
        case 2: {
          std::string bytes(gif);
          for (std::size_t more = random() % 5; more > 0; --more) bytes += static_cast<char>(random() & 0xff);
          messages[0].parts.emplace_back(image_bytes(std::move(bytes)).value());
          break;
        }
        default: messages[0].parts.emplace_back(image_file(file).value());
      }
    }
  }
  for (std::size_t left = random() % 3; left > 0; --left) {
    Message& call = messages.emplace_back(Message::assistant(any_text(random)));
    call.tool_calls = {{.id = "1" + any_text(random), .name = any_text(random), .arguments = any_text(random)}};
    const std::string id = call.tool_calls[0].id;
    messages.push_back(Message::tool(id, any_text(random)));
  }
  messages.push_back(Message::assistant(any_text(random)));
  return messages;
}

TEST_F(SavedConversation, ComesBackAsItWas) {
  std::mt19937 random(4711);
  write("a.gif", gif);
  for (int i = 0; i < 300; ++i) {
    Conversation before(make(), {.endpoint = endpoints::gpt_4o(), .messages = any_exchange(random, path("a.gif"))});
    for (std::size_t left = random() % 4; left > 0; --left) {
      ASSERT_TRUE(before.accept(any_exchange(random, path("a.gif"))));
    }
    Conversation after = empty();
    const std::string json = before.to_json().value();
    const Result<void> restored = after.restore(json);
    ASSERT_TRUE(restored) << restored.error() << json;
    EXPECT_EQ(told(after.history()), told(before.history()));
    EXPECT_EQ(told(after.request().messages), told(before.request().messages));
    EXPECT_EQ(after.to_json().value(), json);
  }
}

TEST_F(SavedConversation, GoesThroughAFile) {
  Conversation before(make(), endpoints::gpt_4o(), "Be brief.");
  ASSERT_TRUE(before.accept("1", ChatReply({.text = "one"})));
  write("talk.json", "old");
  ASSERT_TRUE(before.save(path("talk.json")));
  struct stat status = {};
  ASSERT_EQ(::stat(path("talk.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U) << "conversations are nobody else's";
  EXPECT_EQ(files(), 1U);
  Conversation after = empty();
  ASSERT_TRUE(after.load(path("talk.json")));
  EXPECT_THAT(told(after.history()), ElementsAre("user:1", "assistant:one"));
  EXPECT_THAT(told(after.request().messages), ElementsAre("system:Be brief."));
}

TEST_F(SavedConversation, LeavesTheOldFileWhenItCannotWrite) {
  Conversation conversation = empty();
  std::filesystem::create_directories(path("folder/inside"));
  EXPECT_EQ(conversation.save(path("folder")).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(files(), 1U) << "nothing is left beside it";
  const auto missing = conversation.save(path("missing/talk.json"));
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
  EXPECT_THAT(missing.error().message, HasSubstr(path("missing/talk.json")));
  EXPECT_FALSE(conversation.save(""));
  EXPECT_FALSE(conversation.save(path(std::string("a\0b", 3))));
  write("talk.json", "old");
  conversation.set_persona("\xff");
  const auto refused = conversation.save(path("talk.json"));
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(refused.error().message, "persona[0].text is not valid UTF-8");
  EXPECT_EQ(std::filesystem::file_size(path("talk.json")), 3U);
}

TEST_F(SavedConversation, NamesTheFileThatItCannotLoad) {
  Conversation conversation = empty();
  EXPECT_EQ(conversation.load(path("missing.json")).error().kind, ErrorKind::io);
  EXPECT_EQ(conversation.load(path("")).error().kind, ErrorKind::invalid_argument) << "a directory";
  write("talk.json", "{\n  \"version\": 1,,\n}");
  const auto broken = conversation.load(path("talk.json"));
  EXPECT_EQ(broken.error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(broken.error().message, path("talk.json") + ": not valid JSON at line 2, column 16");
}

TEST_F(SavedConversation, RestoresNothingOrEverything) {
  Conversation conversation(make(), endpoints::gpt_4o(), "Be brief.");
  ASSERT_TRUE(conversation.accept("1", ChatReply({.text = "one"})));
  const std::string before = conversation.to_json().value();
  const std::string start = R"({"version":1,"persona":[],"history":)";
  const std::vector<std::pair<std::string, std::string>> hostile = {
      {"", "not valid JSON at line 1, column 1"},
      {"[]", "expected an object with version, persona and history"},
      {"null", "expected an object with version, persona and history"},
      {"{}", "version: expected 1"},
      {R"({"version":2,"history":[]})", "version: expected 1"},
      {R"({"version":"1","history":[]})", "version: expected 1"},
      {R"({"version":1})", "history: missing"},
      {R"({"version":1,"history":[],"more":1})", "more: no such member"},
      {R"({"version":1,"history":[]} x)", "not valid JSON at line 1, column 28"},
      {start + "{}}", "history: expected a list"},
      {start + "[1]}", "history[0]: expected an object"},
      {start + "[{}]}", "history[0].role: missing"},
      {start + R"([{"role":"boss"}]})", "history[0].role: expected system, user, assistant or tool"},
      {start + R"([{"role":1}]})", "history[0].role: expected system, user, assistant or tool"},
      {start + R"([{"role":"user","text":1}]})", "history[0].text: expected a string"},
      {start + R"([{"role":"user","text":"\ud800"}]})", "not valid JSON at line 1"},
      {start + "[{\"role\":\"user\",\"text\":\"\xff\"}]}", "not valid JSON at line 1"},
      {start + R"([{"role":"user","parts":{}}]})", "history[0].parts: expected a list"},
      {start + R"([{"role":"user","parts":[{}]}]})", "history[0].parts[0]: expected one member"},
      {start + R"([{"role":"user","parts":[{"text":"a","image_url":"b"}]}]})", "expected one member"},
      {start + R"([{"role":"user","parts":[{"sound":"a"}]}]})", "history[0].parts[0].sound: no such member"},
      {start + R"([{"role":"user","parts":[{"image_bytes":"R0lG!"}]}]})",
       "history[0].parts[0].image_bytes: expected a picture as base64"},
      {start + R"([{"role":"user","parts":[{"image_bytes":"aGVsbG8="}]}]})",
       "history[0].parts[0].image_bytes: the picture is no known picture format"},
      {start + R"([{"role":"user","parts":[{"image_file":"/nonexistent.png"}]}]})",
       "history[0].parts[0].image_file: cannot open '/nonexistent.png'"},
      {start + R"([{"role":"user","parts":[{"image_file":"/dev/zero"}]}]})", "history[0].parts[0].image_file: "},
      {start + R"([{"role":"assistant","tool_calls":[{"id":1}]}]})", "history[0].tool_calls[0].id: expected a string"},
      {start + R"([{"role":"user","text":"a"}]})", "history[0] is the last, but no answer"},
      {start + R"([{"role":"user"},{"role":"assistant","text":"a"}]})", "history[0].text is empty"},
      {start + R"([{"role":"user","parts":[{"image_url":"a.png"}]},{"role":"assistant","text":"a"}]})",
       "history[0].parts[0].image_url is no http, https or data URL"},
      {start + R"([{"role":"user","text":"a","parts":[{"text":"a"}]},{"role":"assistant","text":"a"}]})",
       "history[0].text and parts are both set"},
      {start + R"([{"role":"tool","text":"a","tool_call_id":"x"}]})",
       "history[0] is the result of a call that was not"},
      {R"({"version":1,"persona":[{"role":"tool","sound":1}],"history":[]})", "persona[0].sound: no such member"},
      {start + std::string(100'000, '['), "nested deeper than 100 levels"},
  };
  for (const auto& [json, expected] : hostile) {
    const Result<void> restored = conversation.restore(json);
    ASSERT_FALSE(restored) << json;
    EXPECT_THAT(restored.error().message, HasSubstr(expected)) << json.substr(0, 200);
  }
  for (std::size_t size = 0; size < before.size() - 1; ++size) {
    EXPECT_FALSE(conversation.restore(before.substr(0, size))) << size;
  }
  EXPECT_EQ(conversation.to_json().value(), before);
}

TEST_F(SavedConversation, ShowsNoControlCharactersOfTheFile) {
  Conversation conversation = empty();
  const auto refused =
      conversation.restore("{\"version\":1,\"history\":[],\"\\u001b[31m" + std::string(5000, 'x') + "\":1}");
  EXPECT_THAT(refused.error().message, Not(HasSubstr("\x1b")));
  EXPECT_LE(refused.error().message.size(), 1024U);
}

TEST_F(SavedConversation, TrimsWhatItLoadedWithTheNextQuestion) {
  Conversation conversation = empty();
  for (const char* question : {"1", "2", "3"}) {
    ASSERT_TRUE(conversation.accept(question, ChatReply({.text = "one"})));
  }
  Conversation after = empty();
  after.set_limits({.max_exchanges = 1});
  ASSERT_TRUE(after.restore(conversation.to_json().value()));
  EXPECT_EQ(after.history().size(), 6U);
  EXPECT_THAT(told(after.prepare("4").messages), ElementsAre("user:3", "assistant:one", "user:4"));
  ASSERT_TRUE(after.accept("4", ChatReply({.text = "four"})));
  EXPECT_THAT(told(after.history()), ElementsAre("user:4", "assistant:four"));
}

}  // namespace
}  // namespace chatopen
