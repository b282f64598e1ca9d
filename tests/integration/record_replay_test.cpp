// Recorded over a socket, and replayed without one: the replies are the same, piece by piece.

#include "../unit/temporary_directory.hpp"

#include <chatopen/chatopen.hpp>
#include <chatopen/curl_transport.hpp>
#include <chatopen/sandbox/sandbox.hpp>
#include <chatopen/testing/recording_transport.hpp>
#include <chatopen/testing/replay_transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatopen {
namespace {

using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RecordingTransport;
using testing::ReplayTransport;
using ::testing::StartsWith;

// What a program sees of its calls: every piece and every reply, in order.
using Seen = std::vector<std::string>;

void note(Seen& seen, const Result<ChatReply>& reply) {
  if (!reply) {
    seen.push_back(to_string(reply.error()));
    return;
  }
  seen.push_back(std::string(reply->text()) + '|' + std::string(reply->reasoning()) + '|' +
                 std::string(reply->finish_reason()) + '|' + std::string(reply->model()) + '|' +
                 std::string(reply->request_id()) + '|' + std::to_string(reply->attempts()) + '|' +
                 std::string(reply->raw()));
  for (const ToolCall& call : reply->tool_calls()) seen.push_back(call.id + call.name + call.arguments);
  if (reply->usage()) seen.push_back(std::to_string(reply->usage()->total_tokens));
}

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void note(Seen& seen, const Result<ImageReply>& reply) {
  if (!reply) {
    seen.push_back(to_string(reply.error()));
    return;
  }
  seen.push_back(reply->request_id + '|' + std::to_string(reply->attempts) + '|' + reply->raw);
  for (const GeneratedImage& image : reply->images) {
    seen.push_back(image.url + '|' + std::to_string(image.width) + '|' + std::to_string(image.height));
  }
}

void note(Seen& seen, const Result<SavedFile>& saved) {
  seen.push_back(saved ? saved->media_type + '|' + contents_of(saved->path) : to_string(saved.error()));
}

void note(Seen& seen, const Result<UploadedFile>& uploaded) {
  seen.push_back(uploaded ? uploaded->url + '|' + uploaded->request_id + '|' + std::to_string(uploaded->attempts) +
                                '|' + uploaded->raw
                          : to_string(uploaded.error()));
}

void note(Seen& seen, const Result<AttachedImage>& image) {
  if (!image) {
    seen.push_back(to_string(image.error()));
    return;
  }
  seen.push_back(image->part.location() + '|' + image->part.media_type());
  if (image->fallback_reason != nullptr) seen.push_back(to_string(*image->fallback_reason));
}

CallOptions asking_for(const char* directives) {
  return {.headers = {{"X-Sandbox-Reply", directives}}};
}

// Through every door, in every shape.
Seen run_chats(const ChatClient& client) {
  Seen seen;
  const ChatRequest chat{.endpoint = endpoints::gpt_4o_multimodal(),
                         .messages = {Message::user({text("What?"), image_url("https://x.example/a.jpg"),
                                                     image_bytes("GIF89a, or so it begins").value()})}};
  const ChatRequest prompt{.endpoint = endpoints::deepseek_chat_streaming(),
                           .messages = {Message::system("Be brief."), Message::user("Why, 晴 🌞?")}};
  const auto on_delta = [&seen](const ChatDelta& delta) {
    seen.push_back(delta.text + '|' + delta.reasoning + '|' + delta.finish_reason);
    if (delta.tool_call) seen.push_back(delta.tool_call->name + delta.tool_call->arguments);
  };
  note(seen, client.chat(chat));
  note(seen, client.chat(chat, asking_for("shape=completion; reasoning=Hm; request-id=r-1")));
  note(seen, client.chat(chat, asking_for("shape=invalid-utf8")));
  note(seen, client.chat(chat, asking_for("status=503; retry-after=0")));
  note(seen, client.chat(prompt, on_delta));
  note(seen, client.chat(prompt, on_delta, asking_for("chunk-bytes=1")));
  note(seen, client.chat(prompt, on_delta, asking_for("cut=close; cut-after=2")));
  note(seen, client.chat(prompt, on_delta, asking_for("cut=reset; cut-after=2")));
  note(seen, client.chat(prompt, on_delta, asking_for("error-after=1; envelope=1001")));
  note(seen, client.chat(chat, on_delta, asking_for("shape=completion; tool-call=weather; split-surrogates=yes")));
  {
    ChatStream stream = client.stream(prompt);
    for (const ChatDelta& delta : stream) on_delta(delta);
    note(seen, stream.finish());
  }
  note(seen, client.stream_async(prompt, on_delta).get());
  note(seen, client.chat_async(chat).get());
  return seen;
}

// Pictures that are ordered, fetched and uploaded; the files are in this directory.
Seen run_pictures(const ChatClient& client, const TemporaryDirectory& directory) {
  Seen seen;
  const ImageRequest order{.endpoint = endpoints::gpt_image_1(),
                           .prompt = "a cat",
                           .references = {image_bytes("GIF89a, or so it begins").value()}};
  const std::string saved = directory.path_of("saved.png");
  for (const char* directives : {"request-id=r-2", "picture=cut", "picture=html", "picture=data-url"}) {
    const Result<ImageReply> made = client.generate_image(order, asking_for(directives));
    note(seen, made);
    if (!made) continue;
    const SaveOptions once{.retry = RetryPolicy::none()};
    note(seen, client.save(made->images[0], saved, once));
    note(seen, client.save_async(made->images[0], saved, once).get());
  }
  note(seen, client.generate_image_async(order, asking_for("status=500")).get());
  const std::string file = directory.write("cat.png", "\x89PNG\r\n\x1a\n" + std::string(100'000, '\0'));
  note(seen, client.upload(file));
  note(seen, client.upload_async({.path = file}).get());
  note(seen, client.upload(file, asking_for("status=413")));
  note(seen, client.attach_image(file));
  const Result<AttachedImage> attached = client.attach_image(file, asking_for("status=500"));
  note(seen, attached);
  if (attached) {
    note(seen, client.chat({.endpoint = endpoints::gpt_4o_multimodal(),
                            .messages = {Message::user({text("What?"), attached->part})}}));
  }
  return seen;
}

Seen run(const ChatClient& client, const TemporaryDirectory& directory) {
  Seen seen = run_chats(client);
  Seen pictures = run_pictures(client, directory);
  seen.insert(seen.end(), std::make_move_iterator(pictures.begin()), std::make_move_iterator(pictures.end()));
  return seen;
}

class RecordReplay : public ::testing::TestWithParam<bool> {
 protected:
  // The sandbox is gone when this returns.
  Seen record(const std::string& path, const TemporaryDirectory& directory) {
    auto sandbox = Sandbox::start({.credentials = {"canary-key-id", "canary-key-secret"}}).value();
    const auto recorder = RecordingTransport::create(CurlTransport::create({.poll_driven = GetParam()}).value(), path,
                                                     {.keep_headers = {"X-Sandbox-Reply"}})
                              .value();
    ClientOptions options = sandbox.client_options();
    options.transport = recorder;
    Seen seen = run(ChatClient::create(std::move(options)).value(), directory);
    EXPECT_TRUE(recorder->save());
    return seen;
  }
};

TEST_P(RecordReplay, GivesTheSameRepliesWithoutAServer) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("cassette.json");
  const Seen recorded = record(path, directory);
  const auto replay = ReplayTransport::open(path, {.poll_driven = GetParam()}).value();
  const auto client = ChatClient::create(
      {.base_url = "https://nowhere.example", .credentials = {"other", "other"}, .transport = replay});
  EXPECT_THAT(run(client.value(), directory), ElementsAreArray(recorded));
  EXPECT_TRUE(replay->check());
  EXPECT_THAT(replay->unused(), IsEmpty());
  EXPECT_GT(recorded.size(), 50u);
  EXPECT_THAT(recorded, Contains(StartsWith("image/png|\x89PNG")));
  EXPECT_THAT(recorded, Contains(StartsWith("truncated")));
  // What `attach_image` fell back to.
  EXPECT_THAT(recorded, Contains(EndsWith("cat.png|image/png")));
}

TEST_P(RecordReplay, WritesNoCredential) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("cassette.json");
  record(path, directory);
  EXPECT_THAT(contents_of(path), Not(HasSubstr("canary")));
  EXPECT_THAT(contents_of(path), HasSubstr("X-Request-Req-Accesskeyid: [redacted]"));
}

INSTANTIATE_TEST_SUITE_P(Driven, RecordReplay, ::testing::Bool(),
                         [](const auto& driven) { return driven.param ? "ByPoll" : "ByAThread"; });

}  // namespace
}  // namespace chatopen
