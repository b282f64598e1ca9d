#include <chatopen/chatopen.hpp>
#include <chatopen/testing/manual_clock.hpp>
#include <chatopen/testing/mock_transport.hpp>
#include <chatopen/testing/recording_transport.hpp>
#include <chatopen/testing/replay_transport.hpp>

#include "../temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace chatopen::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const ChatRequest question{.endpoint = endpoints::gpt_4o(), .messages = {Message::user("Why?")}};

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Recording : public ::testing::Test {
 protected:
  void record(RecordingOptions options = {}) {
    recorder = RecordingTransport::create(mock, path, std::move(options)).value();
  }
  static ChatClient client_of(std::shared_ptr<Transport> transport) {
    return ChatClient::create({.base_url = "https://x.example",
                               .credentials = {"canary-id", "canary-secret"},
                               .transport = std::move(transport),
                               .retry = RetryPolicy::none()})
        .value();
  }
  ChatClient client() { return client_of(recorder); }
  std::string cassette() {
    recorder->save().value();
    return contents_of(path);
  }

  TemporaryDirectory directory;
  std::string path = directory.path_of("cassette.json");
  std::shared_ptr<MockTransport> mock = std::make_shared<MockTransport>();
  std::shared_ptr<RecordingTransport> recorder;
};

TEST_F(Recording, HandsTheExchangeOnAndKeepsIt) {
  record();
  mock->reply({.headers = {{"Content-Type", "application/json"}},
               .body = R"({"code":"200","msg":"ok","data":{"answer":"Because."}})"});
  const auto reply = client().chat(question);
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "Because.");
  EXPECT_EQ(recorder->recorded(), 1u);
  EXPECT_THAT(cassette(), HasSubstr("\"answer\": \"Because.\""));
  EXPECT_THAT(cassette(), HasSubstr("\"url\": \"https://x.example/AIGCChatOpenServ/saas/gpt-4o/text/v3\""));
}

TEST_F(Recording, NeverWritesACredential) {
  record();
  // A server that says them back in every way that a body may spell them, also across chunks.
  mock->reply_chunked({.headers = {{"Set-Cookie", "canary-secret"},
                                   {"X-Request-Id", "canary-id"},
                                   {"Content-Type", "text/event-stream"}}},
                      {"data:{\"code\":\"200\",\"data\":{\"answer\":\"can",
                       "ary-secret \\u0063anary-id Y2FuYXJ5LXNlY3JldA==", "\"}}\n\n", "data:[DONE]\n\n"});
  ASSERT_TRUE(client().chat(question, [](const ChatDelta&) {}));
  mock->reply({.status = 401, .body = "<p>canary-secret canary%2Dsecret</p>"});
  ASSERT_FALSE(client().chat({.endpoint = endpoints::gpt_4o(), .messages = {Message::user("I am canary-id")}}));
  const std::string text = cassette();
  EXPECT_THAT(text, HasSubstr("X-Request-Req-Accesskeysecret: [redacted]"));
  EXPECT_THAT(text, HasSubstr("I am [redacted]"));
  EXPECT_THAT(text, HasSubstr("<p>[redacted] [redacted]</p>"));
  for (const char* const canary : {"canary", "anary-id", "Y2FuYXJ5"}) EXPECT_THAT(text, Not(HasSubstr(canary)));
  for (const auto& file : std::filesystem::recursive_directory_iterator(std::filesystem::path(path).parent_path())) {
    EXPECT_THAT(contents_of(file.path().string()), Not(HasSubstr("canary"))) << file.path();
  }
}

TEST_F(Recording, HidesTheMembersThatItIsTold) {
  record({.redact_members = {"user", "/data/answer"}});
  mock->reply({.body = R"({"code":"200","data":{"answer":"bob-likes-it","user":"bob-likes-it"}})"});
  ChatRequest request = question;
  request.extra = R"({"user":"bob-likes-it"})";
  EXPECT_EQ(client().chat(request).value().text(), "bob-likes-it");
  EXPECT_THAT(cassette(), Not(HasSubstr("bob-likes-it")));
}

TEST_F(Recording, HidesEverywhereWhatAnyRecordNamesAsSecret) {
  record({.redact_members = {"user"}});
  mock->reply(
      {.headers = {{"X-Request-Id", "for bobby"}}, .body = R"({"code":"200","msg":"bobby","data":{"answer":"Hi."}})"});
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"{\"user\":\"bobby\"}"}})"});
  ChatClient asking = client();
  ChatRequest introduction = question;
  introduction.messages = {Message::user("I am bobby.")};
  ASSERT_TRUE(asking.chat(introduction));
  EXPECT_THAT(cassette(), HasSubstr("I am bobby."));
  ASSERT_TRUE(asking.chat(introduction));
  EXPECT_THAT(cassette(), Not(HasSubstr("bobby")));
  EXPECT_THAT(cassette(), HasSubstr("I am [redacted]."));
  EXPECT_TRUE(client_of(ReplayTransport::open(path).value()).chat(introduction));
}

TEST_F(Recording, StaysReadableWhereANumberIsASecret) {
  record({.redact_members = {"user"}});
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"answer":"Hi."},"trace":204817})"});
  ChatRequest counted = question;
  counted.max_tokens = 2048;
  counted.extra = R"({"user":"2048"})";
  ASSERT_TRUE(client().chat(counted));
  EXPECT_THAT(cassette(), Not(HasSubstr("2048")));
  const auto reply = client_of(ReplayTransport::open(path).value()).chat(counted);
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_EQ(reply->text(), "Hi.");
}

TEST_F(Recording, HidesTheSignatureOfAPictureAndReplaysItsDownload) {
  record();
  mock->reply(
      {.body =
           R"({"code":"200","msg":"ok","data":{"imageList":[{"url":"https://oss.example/p.png?Expires=1&Signature=canary%2Fx\u003d"}]}})"});
  mock->reply({.headers = {{"Content-Type", "image/png"}}, .body = "\x89PNG\r\n\x1a\n............"});
  const auto order_and_save = [this](const ChatClient& client, const std::string& name) {
    const auto order = client.generate_image({.endpoint = endpoints::gpt_image_1(), .prompt = "A cat"});
    ASSERT_TRUE(order) << order.error();
    const auto saved = client.save(order->images.at(0), directory.path_of(name));
    ASSERT_TRUE(saved) << saved.error();
  };
  order_and_save(client(), "recorded.png");
  EXPECT_THAT(mock->requests().at(1).url, HasSubstr("Signature=canary%2Fx="));
  const std::string text = cassette();
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, HasSubstr("\"url\": \"https://oss.example/p.png?Expires=[redacted]&Signature=[redacted]\""));

  const auto replay = ReplayTransport::open(path).value();
  order_and_save(client_of(replay), "replayed.png");
  EXPECT_TRUE(replay->check());
  EXPECT_EQ(contents_of(directory.path_of("replayed.png")), contents_of(directory.path_of("recorded.png")));
}

TEST_F(Recording, HidesTheSignatureOfAnUpload) {
  record();
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{"url":"https:\/\/files.example\/a?sig=canary"}})"});
  const UploadRequest file{.bytes = std::make_shared<const std::string>("GIF89a"), .file_name = "a.gif"};
  EXPECT_EQ(client().upload(file).value().url, "https://files.example/a?sig=canary");
  EXPECT_THAT(cassette(), Not(HasSubstr("canary")));
  EXPECT_EQ(client_of(ReplayTransport::open(path).value()).upload(file).value().url,
            "https://files.example/a?sig=[redacted]");
}

TEST_F(Recording, HidesTheSignaturesInQuestionsAndAnswers) {
  record();
  mock->reply(
      {.body = R"({"code":"200","msg":"ok","data":{"answer":"It is [here](https://x.example/a?sig=canary)."}})"});
  mock->reply_chunked({.headers = {{"Content-Type", "text/event-stream"}}},
                      {"data:{\"code\":\"200\",\"data\":{\"answer\":\"See https://x.example/a?sig=can",
                       "ary, or not.\"}}\n\n", "data:[DONE]\n\n"});
  const ChatRequest request{.endpoint = endpoints::gpt_4o_multimodal(),
                            .messages = {Message::user({text("What?"), image_url("https://x.example/a?sig=canary")})}};
  const auto ignore = [](const ChatDelta&) {};
  ASSERT_TRUE(client().chat(request));
  ASSERT_TRUE(client().chat(request, ignore));
  EXPECT_THAT(cassette(), Not(HasSubstr("canary")));
  const auto replay = ReplayTransport::open(path).value();
  const ChatClient replaying = client_of(replay);
  EXPECT_EQ(replaying.chat(request).value().text(), "It is [here](https://x.example/a?sig=[redacted]).");
  EXPECT_EQ(replaying.chat(request, ignore).value().text(), "See https://x.example/a?sig=[redacted], or not.");
  EXPECT_TRUE(replay->check());
}

TEST_F(Recording, KeepsPicturesAsDigests) {
  record();
  mock->reply({.body = R"({"code":"200","data":{"answer":"a picture"}})"});
  const std::string picture = "\x89PNG\r\n\x1a\n" + std::string(5000, 'x');
  const ChatRequest request{.endpoint = endpoints::gpt_4o_multimodal(),
                            .messages = {Message::user({text("What?"), image_bytes(picture).value()})}};
  ASSERT_TRUE(client().chat(request));
  EXPECT_THAT(cassette(), HasSubstr("\"url\": \"data:image/png;base64,[5008 bytes, sha256 "));
  const auto replay = ReplayTransport::open(path).value();
  EXPECT_TRUE(client_of(replay).chat(request));

  const auto other = ReplayTransport::open(path).value();
  const ChatRequest changed{
      .endpoint = endpoints::gpt_4o_multimodal(),
      .messages = {Message::user({text("What?"), image_bytes(picture.substr(0, 5007) + "y").value()})}};
  EXPECT_FALSE(client_of(other).chat(changed));
}

TEST_F(Recording, RecordsEachAttempt) {
  record();
  mock->reply({.status = 503, .headers = {{"Retry-After", "1"}}, .body = "busy"});
  mock->fail(TransportFailure::connect);
  mock->reply({.body = R"({"code":"200","data":{"answer":"at last"}})"});
  const auto ask = [](std::shared_ptr<Transport> transport) {
    const auto asking = ChatClient::create({.base_url = "https://x.example",
                                            .credentials = {"id", "secret"},
                                            .transport = std::move(transport),
                                            .clock = std::make_shared<ManualClock>()});
    const auto reply = asking.value().chat(question);
    EXPECT_EQ(reply.value().attempts(), 3);
    return reply.value().text();
  };
  EXPECT_EQ(ask(recorder), "at last");
  EXPECT_EQ(recorder->recorded(), 3u);
  recorder->save().value();
  const auto replay = ReplayTransport::open(path).value();
  EXPECT_EQ(ask(replay), "at last");
  EXPECT_TRUE(replay->check());
}

TEST_F(Recording, ReadsASourceInPieces) {
  class Source final : public BodySource {
   public:
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return 6; }
    [[nodiscard]] Result<std::size_t> read(char* into, std::size_t) override {
      if (at_ == 6) return std::size_t{0};
      *into = "upload"[at_++];
      return std::size_t{1};
    }
    [[nodiscard]] bool rewind() noexcept override {
      at_ = 0;
      return true;
    }

   private:
    std::size_t at_ = 0;
  };
  class Ignore final : public ResponseSink {
    SinkAction on_head(int, const std::vector<HttpHeader>&) override { return SinkAction::proceed; }
    SinkAction on_body(std::string_view) override { return SinkAction::proceed; }
  };
  record();
  mock->reply({});
  mock->reply({});
  const HttpRequest request{.url = "https://x.example/u", .body = Body(std::make_shared<Source>())};
  Ignore sink;
  EXPECT_FALSE(recorder->perform(request, sink, CancelToken()).failure);
  ASSERT_TRUE(request.body.rewind());
  EXPECT_FALSE(recorder->perform(request, sink, CancelToken()).failure);
  EXPECT_EQ(mock->requests().at(1).body, "upload");
  ASSERT_TRUE(request.body.rewind());
  recorder->save().value();
  const auto replay = ReplayTransport::open(path).value();
  EXPECT_FALSE(replay->perform(request, sink, CancelToken()).failure);
  EXPECT_EQ(replay->unused().size(), 1u);
}

TEST_F(Recording, RecordsAsynchronousCallsInTheOrderInWhichTheyBegan) {
  mock = std::make_shared<MockTransport>(MockOptions{.poll_driven = true});
  record();
  EXPECT_TRUE(recorder->poll_driven());
  mock->reply({.body = R"({"code":"200","data":{"answer":"1"}})"});
  mock->reply({.body = R"({"code":"200","data":{"answer":"2"}})"});
  auto asking = client();
  auto first = asking.chat_async(question);
  auto second = asking.chat_async(question);
  EXPECT_EQ(std::move(second).get().value().text(), "2");
  EXPECT_EQ(std::move(first).get().value().text(), "1");
  const std::string text = cassette();
  EXPECT_LT(text.find("\"answer\": \"1\""), text.find("\"answer\": \"2\""));
}

TEST_F(Recording, LeavesOutWhatHasNotEnded) {
  record();
  mock->stall();
  mock->reply({.body = R"({"code":"200","data":{"answer":"done"}})"});
  auto asking = client();
  auto stalled = asking.chat_async(
      question, {.timeouts = {.first_byte = std::chrono::milliseconds(0), .total = std::chrono::milliseconds(0)}});
  ASSERT_TRUE(asking.chat(question));
  recorder->save().value();
  EXPECT_EQ(ReplayTransport::open(path).value()->unused().size(), 1u);
  stalled.cancel();
  static_cast<void>(std::move(stalled).get());
  EXPECT_THAT(cassette(), HasSubstr("\"failure\": \"cancelled\""));
}

TEST_F(Recording, SavesWhenItIsDestroyed) {
  record();
  mock->reply({.body = "{}"});
  ASSERT_TRUE(client().chat(question));
  EXPECT_FALSE(std::filesystem::exists(path));
  recorder.reset();
  EXPECT_TRUE(ReplayTransport::open(path));
}

TEST_F(Recording, OfNothingLeavesTheCassetteOfBefore) {
  directory.write("cassette.json", "precious");
  record();
  recorder.reset();
  EXPECT_EQ(contents_of(path), "precious");
}

TEST_F(Recording, SaysWhatIsWrongWithItsOptions) {
  const auto complaint = [](const Result<std::shared_ptr<RecordingTransport>>& made) {
    return made ? "none" : to_string(made.error());
  };
  EXPECT_THAT(complaint(RecordingTransport::create(nullptr, path)), HasSubstr("there is no transport to record"));
  EXPECT_THAT(complaint(RecordingTransport::create(mock, "")), HasSubstr("names no file"));
  EXPECT_THAT(complaint(RecordingTransport::create(mock, directory.path_of(""))), HasSubstr("names no file"));
  EXPECT_THAT(complaint(RecordingTransport::create(mock, directory.path_of("no/such.json"))),
              HasSubstr("its directory is not there"));
  EXPECT_THAT(complaint(RecordingTransport::create(mock, path, {.redact_members = {"/a~b"}})),
              HasSubstr("'/a~b', which is no JSON pointer"));
  EXPECT_THAT(complaint(RecordingTransport::create(mock, path, {.redact_members = {""}})), HasSubstr("empty name"));
}

TEST_F(Recording, ReportsThatItCannotBeSaved) {
  record();
  std::filesystem::create_directory(path);
  const auto saved = recorder->save();
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::io);
  EXPECT_THAT(saved.error().message, HasSubstr("cannot write the cassette '" + path));
  std::vector<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
    left.push_back(file.path().filename().string());
  }
  EXPECT_THAT(left, ElementsAre("cassette.json"));
}

}  // namespace
}  // namespace chatopen::testing
