#include "temporary_file.hpp"
#include "upload_door.hpp"

#include <chatopen/transport.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace integration {
namespace {

using chatopen::CancelSource;
using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::Result;
using chatopen::UploadedFile;
using chatopen::UploadRequest;
using Now = std::chrono::steady_clock;

EVERY_UPLOAD_DOOR(Uploads);

/// Differs wherever a piece is lost, repeated or moved.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

UploadRequest of_bytes(std::size_t size) {
  return {.bytes = std::make_shared<const std::string>(pattern(size))};
}

std::string content_of(const WireRequest& request) {
  const std::string& form = request.body;
  const std::size_t start = form.find("\r\n\r\n") + 4;
  return form.substr(start, form.rfind("\r\n--") - start);
}

void take_uploads(Connection& connection) {
  while (connection.read_request() && connection.reply("200 OK", uploaded)) {
  }
}

TEST_P(Uploads, ArriveWholeWithTheirLengthAndWithoutExpect) {
  RawServer server(take_uploads);
  const UploadRequest request = of_bytes(3 * mebibyte + 17);
  const ChatClient client = client_of(server.base_url());
  for (int i = 0; i < 2; ++i) {
    const Result<UploadedFile> file = upload(client, request);
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->url, "https://files.example/a");
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  for (const WireRequest& each : requests) {
    EXPECT_EQ(each.line, "POST /AIGCChatOpenServ/saas/file/upload HTTP/1.1");
    EXPECT_EQ(each.header("Content-Length"), std::to_string(each.body.size()));
    EXPECT_EQ(each.header("Expect"), "");
    EXPECT_EQ(each.header("Transfer-Encoding"), "");
    EXPECT_TRUE(content_of(each) == *request.bytes);
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_P(Uploads, TellMonotonicAndCompleteProgressOnTheThreadThatRunsThem) {
  RawServer server(take_uploads);
  const ChatClient client = client_of(server.base_url());
  constexpr std::uint64_t size = 2 * mebibyte + 3;
  std::uint64_t last = 0;
  bool is_own_thread = false;
  const auto self = std::this_thread::get_id();
  const Result<UploadedFile> file = upload(client, of_bytes(size), [&](std::uint64_t sent, std::uint64_t total) {
    EXPECT_GT(sent, last);
    EXPECT_EQ(total, size);
    last = sent;
    is_own_thread = std::this_thread::get_id() == self;
    return true;
  });
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(last, size);
  EXPECT_EQ(is_own_thread, GetParam() == UploadDoor::blocking || GetParam() == UploadDoor::polled);
}

TEST_P(Uploads, EndWhenTheProgressCallbackSaysSo) {
  RawServer server(take_uploads);
  const Result<UploadedFile> file = upload(client_of(server.base_url()), of_bytes(4 * mebibyte),
                                           [](std::uint64_t sent, std::uint64_t) { return sent < mebibyte; });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(server.wait_for_closed_connections());
  EXPECT_TRUE(server.requests().empty());
}

TEST_P(Uploads, Row68AFileThatChangesIsAnErrorAndNeverArrivesWhole) {
  using Change = void (*)(const std::string& path);
  const std::pair<const char*, Change> changes[] = {
      {"shrank", [](const std::string& path) { std::filesystem::resize_file(path, 10); }},
      {"grew", [](const std::string& path) { std::ofstream(path, std::ios::app) << "more"; }},
      {"was written to", [](const std::string& path) { std::fstream(path, std::ios::in | std::ios::out) << "other"; }},
      {"was replaced or removed",
       [](const std::string& path) {
         std::filesystem::copy_file(path, path + ".new");
         std::filesystem::rename(path + ".new", path);
       }},
      {"was replaced or removed", [](const std::string& path) { std::filesystem::remove(path); }}};
  for (const auto& [how, change] : changes) {
    RawServer server(take_uploads);
    const TemporaryFile file("film.bin", pattern(2 * mebibyte));
    // So that a write is seen however coarse the file system's clock is.
    std::filesystem::last_write_time(file.path(),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    bool changed = false;
    const Result<UploadedFile> result = upload(client_of(server.base_url()), {.path = file.path()},
                                               [&, change = change](std::uint64_t sent, std::uint64_t) {
                                                 if (!changed && sent >= mebibyte) change(file.path());
                                                 changed = changed || sent >= mebibyte;
                                                 return true;
                                               });
    ASSERT_FALSE(result) << how;
    EXPECT_EQ(result.error().kind, ErrorKind::io);
    EXPECT_EQ(result.error().message, "'" + file.path() + "' " + how + " while it was uploaded");
    EXPECT_EQ(result.error().attempts, 1);
    EXPECT_TRUE(server.wait_for_closed_connections());
    EXPECT_TRUE(server.requests().empty()) << "the server took it for whole";
  }
}

/// Answers 503 first.
class BusyOnce {
 public:
  void operator()(Connection& connection) {
    while (connection.read_request()) {
      const bool first = !*asked_;
      *asked_ = true;
      if (!(first ? connection.reply("503 Service Unavailable", "{}") : connection.reply("200 OK", uploaded))) return;
    }
  }

 private:
  std::shared_ptr<std::atomic<bool>> asked_ = std::make_shared<std::atomic<bool>>(false);
};

/// A text, which it may be able to give more than once.
class TextSource final : public chatopen::BodySource {
 public:
  TextSource(std::string text, bool can_rewind) : text_(std::move(text)), can_rewind_(can_rewind) {}
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return text_.size(); }
  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t capacity) override {
    const std::size_t count = text_.copy(into, capacity, read_);
    read_ += count;
    return count;
  }
  [[nodiscard]] bool rewind() noexcept override {
    if (can_rewind_) read_ = 0;
    return can_rewind_;
  }

 private:
  std::string text_;
  std::size_t read_ = 0;
  bool can_rewind_;
};

TEST_P(Uploads, Row70AreSentAgainAsAWhole) {
  const std::string content = pattern(mebibyte + 5);
  const TemporaryFile file("film.bin", content);
  for (const UploadRequest& request :
       {UploadRequest{.path = file.path()}, UploadRequest{.source = std::make_shared<TextSource>(content, true)}}) {
    RawServer server(BusyOnce{});
    const Result<UploadedFile> result = upload(client_of(server.base_url()), request);
    ASSERT_TRUE(result) << result.error();
    EXPECT_EQ(result->attempts, 2);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    for (const WireRequest& each : requests) EXPECT_TRUE(content_of(each) == content);
  }
}

TEST_P(Uploads, Row70AreNotSentAgainWhenTheirSourceCannotBeRewound) {
  RawServer server(BusyOnce{});
  const Result<UploadedFile> result =
      upload(client_of(server.base_url()), {.source = std::make_shared<TextSource>(pattern(mebibyte), false)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().http_status, 503);
  EXPECT_EQ(result.error().attempts, 1);
  EXPECT_THAT(result.error().detail, ::testing::HasSubstr("cannot be rewound"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(Uploads, Row50TheRefusalOfABodyThatWasNotReadIsReported) {
  RawServer server([](Connection& connection) {
    connection.read_head();
    connection.reply("413 Payload Too Large", R"({"code":"413","msg":"too large"})");
    connection.stall();
  });
  const Result<UploadedFile> result = upload(client_of(server.base_url()), of_bytes(16 * mebibyte));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().http_status, 413);
  EXPECT_EQ(result.error().message, "too large");
  EXPECT_EQ(result.error().attempts, 1);
}

void stall_in_body(Connection& connection) {
  connection.read_head();
  connection.stall();
}

TEST_P(Uploads, Row57AreCancelledWithin50Milliseconds) {
  RawServer server(stall_in_body);
  const ChatClient client = client_of(server.base_url());
  CancelSource source;
  std::atomic<Now::time_point> cancelled_at = Now::time_point::max();
  std::thread canceller([&] {
    EXPECT_TRUE(server.wait_until([](const auto& all) { return !all.empty() && !all[0]->received.empty(); }));
    cancelled_at = Now::now();
    source.cancel();
  });
  const Result<UploadedFile> result = upload(client, of_bytes(32 * mebibyte), {}, {.cancel = source.token()});
  const auto ended = Now::now();
  canceller.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
  EXPECT_LE(ended - cancelled_at.load(), cancellation_slack);
}

TEST_P(Uploads, AreEndedByTheTotalDeadline) {
  RawServer server(stall_in_body);
  const ChatClient client = client_of(server.base_url());
  const UploadRequest request = of_bytes(32 * mebibyte);
  const auto started = Now::now();
  const Result<UploadedFile> result = upload(client, request, {}, {.timeouts = {.total = milliseconds(200)}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::timeout);
  EXPECT_LE(Now::now() - started, milliseconds(200) + deadline_slack);
}

class AttachedPictures : public FaultMatrix {};

TEST_F(AttachedPictures, FallBackWhenTheUploadIsRefusedAndAreSentInTheMessage) {
  RawServer server([](Connection& connection) {
    while (connection.read_request()) {
      const bool upload = connection.request().line.find("file/upload") != std::string::npos;
      if (!(upload ? connection.reply("404 Not Found", "{}") : connection.reply("200 OK", hello))) return;
    }
  });
  const TemporaryFile file("cat.png", "\x89PNG\r\n\x1a\n1234");
  const ChatClient client = client_for(server);
  const Result<chatopen::AttachedImage> image = client.attach_image(file.path());
  ASSERT_TRUE(image) << image.error();
  ASSERT_TRUE(image->fallback_reason);
  EXPECT_EQ(image->fallback_reason->kind, ErrorKind::not_found);
  chatopen::ChatRequest request = question();
  request.messages = {chatopen::Message::user({chatopen::text("?"), image->part})};
  ASSERT_TRUE(client.chat(request));
  EXPECT_THAT(server.requests()[1].body, ::testing::HasSubstr("data:image/png;base64,iVBORw0KGgo"));
}

}  // namespace
}  // namespace integration
