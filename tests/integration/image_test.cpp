#include "async_matrix.hpp"
#include "child_process.hpp"
#include "network_namespace.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace integration {
namespace {

namespace fs = std::filesystem;
using chatopen::CallOptions;
using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::GeneratedImage;
using chatopen::ImageReply;
using chatopen::ImageRequest;
using chatopen::Pending;
using chatopen::Result;
using chatopen::RetryPolicy;
using chatopen::SavedFile;
using chatopen::SaveOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// How a call is made: on the caller's thread, or as a `Driver` runs it.
struct Door {
  const char* name;
  std::optional<Driver> driver = {};
};

void PrintTo(const Door& door, std::ostream* stream) {
  *stream << door.name;
}

std::string image_reply(const std::string& url) {
  return R"({"code":"200","msg":"ok","data":{"imageList":[{"url":")" + url + R"(","width":1,"height":1}]}})";
}

std::string picture_of(std::size_t size) {
  std::string picture = "\x89PNG\r\n\x1a\n";
  while (picture.size() < size) picture += static_cast<char>(picture.size() * 31 % 251);
  return picture;
}

Script serve_picture(std::string picture) {
  return [picture = std::move(picture)](Connection& connection) {
    while (connection.read_request() && connection.reply("200 OK", picture)) {
    }
  };
}

class ImageMatrix : public AsyncMatrix, public ::testing::WithParamInterface<Door> {
 protected:
  void SetUp() override {
    AsyncMatrix::SetUp();
    std::string name = (fs::temp_directory_path() / "chatopen-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override {
    fs::remove_all(directory_);
    AsyncMatrix::TearDown();
  }

  [[nodiscard]] ChatClient client_of(const std::string& base_url) const {
    chatopen::ClientOptions options = async_options(base_url);
    // Retries come at once.
    options.retry.initial_backoff = milliseconds(0);
    options.transport = transport_of(GetParam().driver.value_or(Driver::own_thread));
    return ChatClient::create(std::move(options)).value();
  }
  template <typename T>
  static Result<T> result_of_any(Pending<T>&& pending) {
    if (!pending.wait_for(hung)) {
      ADD_FAILURE() << "the call hangs";
      pending.cancel();
    }
    return std::move(pending).get();
  }
  [[nodiscard]] Result<ImageReply> order(const ChatClient& client, const CallOptions& call = {}) const {
    const ImageRequest request{.endpoint = chatopen::endpoints::gpt_image_1(), .prompt = "a cat"};
    return GetParam().driver ? result_of_any(client.generate_image_async(request, call))
                             : client.generate_image(request, call);
  }
  [[nodiscard]] Result<SavedFile> save(const ChatClient& client, const std::string& url,
                                       const SaveOptions& how = {}) const {
    const GeneratedImage image{.url = url};
    return GetParam().driver ? result_of_any(client.save_async(image, path(), how)) : client.save(image, path(), how);
  }
  // Fails, and leaves nothing.
  [[nodiscard]] Error save_failure(const ChatClient& client, const std::string& url,
                                   const SaveOptions& how = {}) const {
    const Result<SavedFile> saved = save(client, url, how);
    EXPECT_THAT(names(), IsEmpty());
    if (saved) {
      ADD_FAILURE() << "it was saved";
      return {};
    }
    expect_no_secret(saved.error());
    EXPECT_FALSE(saved.error().maybe_processed);
    return saved.error();
  }
  [[nodiscard]] std::string path() const { return (directory_ / "cat.png").string(); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_)) found.push_back(entry.path().filename().string());
    return found;
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path directory_;
};

TEST_P(ImageMatrix, DownloadsCarryNoCredentials) {
  const std::string picture = picture_of(300'000);
  RawServer pictures(serve_picture(picture), nullptr, "127.0.0.2");
  RawServer service([&](Connection& connection) {
    connection.read_request();
    connection.reply("200 OK", image_reply(pictures.base_url() + "/a.png?sig=1"));
  });
  const ChatClient client = client_of(service.base_url());
  const Result<ImageReply> made = order(client, {.headers = {{"X-Tenant", std::string(canary_secret)}}});
  ASSERT_TRUE(made) << made.error();
  const Result<SavedFile> saved = save(client, made->images.at(0).url);
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->bytes, picture.size());
  EXPECT_EQ(content(), picture);
  EXPECT_THAT(names(), ElementsAre("cat.png"));
  ASSERT_EQ(pictures.requests().size(), 1U);
  EXPECT_EQ(pictures.requests()[0].line, "GET /a.png?sig=1 HTTP/1.1");
  expect_no_secret(pictures.received());
  EXPECT_THAT(service.received(), HasSubstr(std::string(canary_secret)));
}

TEST_P(ImageMatrix, A429IsOrderedAgainAndA502IsNot) {
  RawServer service([](Connection& connection) {
    connection.read_request();
    connection.reply("429 Too Many Requests", "{}", "Retry-After: 0\r\n");
    connection.read_request();
    connection.reply("502 Bad Gateway", "<html>");
    connection.wait_for_close();
  });
  const ChatClient client = client_of(service.base_url());
  const Result<ImageReply> made = order(client);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::server_error);
  EXPECT_EQ(made.error().attempts, 2);
  EXPECT_TRUE(made.error().maybe_processed);
  EXPECT_EQ(service.requests().size(), 2U);
}

TEST_P(ImageMatrix, NothingIsOrderedTwiceOverABrokenConnection) {
  RawServer service([](Connection& connection) {
    connection.read_request();
    connection.reset();
  });
  const Result<ImageReply> made = order(client_of(service.base_url()));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::connection);
  EXPECT_TRUE(made.error().maybe_processed);
  EXPECT_EQ(service.requests().size(), 1U);
}

TEST_P(ImageMatrix, RedirectsOfPicturesAreRefused) {
  RawServer target(serve_picture(picture_of(100)), nullptr, "127.0.0.2");
  RawServer pictures([&](Connection& connection) {
    connection.read_request();
    connection.reply("302 Found", "", "Location: " + target.base_url() + "/b.png\r\n");
  });
  const Error error = save_failure(client_of(pictures.base_url()), pictures.base_url() + "/a.png");
  EXPECT_EQ(error.kind, ErrorKind::redirect_refused);
  EXPECT_THAT(error.detail, HasSubstr(target.authority()));
  EXPECT_EQ(target.connections(), 0U);
}

TEST_P(ImageMatrix, CutPicturesLeaveNothing) {
  std::atomic<int> way = 0;
  RawServer pictures([&](Connection& connection) {
    connection.read_request();
    const std::string half = picture_of(50'000);
    if (way == 0) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + half);
    } else if (way == 1) {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc350\r\n" + half + "\r\n");
    } else {
      connection.send("HTTP/1.1 200 OK\r\n\r\n" + half);
    }
  });
  const ChatClient client = client_of(pictures.base_url());
  for (; way < 3; ++way) {
    const Error error = save_failure(client, pictures.base_url() + "/a.png", {.retry = RetryPolicy::none()});
    EXPECT_EQ(error.kind, ErrorKind::truncated) << way;
  }
}

TEST_P(ImageMatrix, ACutPictureIsFetchedAgain) {
  const std::string picture = picture_of(100'000);
  RawServer pictures([&](Connection& connection) {
    connection.read_request();
    if (connection.index() > 0) return static_cast<void>(connection.reply("200 OK", picture));
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + picture.substr(0, 50'000));
  });
  const Result<SavedFile> saved = save(client_of(pictures.base_url()), pictures.base_url() + "/a.png");
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(content(), picture);
  EXPECT_EQ(pictures.connections(), 2U);
}

TEST_P(ImageMatrix, AnEndlessPictureEndsAtTheCap) {
  RawServer pictures([](Connection& connection) {
    connection.read_request();
    bool goes_on = connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (goes_on) goes_on = connection.send("2710\r\n" + picture_of(10'000) + "\r\n");
  });
  const Error error =
      save_failure(client_of(pictures.base_url()), pictures.base_url() + "/a.png", {.max_bytes = 1'000'000});
  EXPECT_EQ(error.kind, ErrorKind::too_large);
  EXPECT_TRUE(pictures.wait_for_ended_scripts());
}

TEST_P(ImageMatrix, WhatIsNoPictureIsNotSaved) {
  RawServer pictures([](Connection& connection) {
    connection.read_request();
    connection.reply("200 OK", "<html>Please sign in.</html>", "Content-Type: image/png\r\n");
  });
  const Error error = save_failure(client_of(pictures.base_url()), pictures.base_url() + "/a.png");
  EXPECT_EQ(error.kind, ErrorKind::protocol);
  EXPECT_EQ(error.attempts, 1);
}

TEST_P(ImageMatrix, Row57CancellingADownloadLeavesNothing) {
  RawServer pictures([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + picture_of(50'000));
    connection.wait_for_close();
  });
  const ChatClient client = client_of(pictures.base_url());
  chatopen::CancelSource source;
  std::atomic<std::chrono::steady_clock::time_point> cancelled_at = {};
  std::thread canceller([&] {
    EXPECT_TRUE(pictures.wait_until([](const auto& all) { return !all.empty() && all[0]->sent > 50'000; }));
    cancelled_at = std::chrono::steady_clock::now();
    source.cancel();
  });
  const Error error = save_failure(client, pictures.base_url() + "/a.png", {.cancel = source.token()});
  const auto elapsed = std::chrono::steady_clock::now() - cancelled_at.load();
  canceller.join();
  EXPECT_EQ(error.kind, ErrorKind::cancelled);
  EXPECT_LE(elapsed, cancellation_slack);
}

TEST_P(ImageMatrix, Row65AFullDiskLeavesNothing) {
  if (under_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer ends a child that starts a thread";
  // The beginning of a PNG, and zeros.
  const std::string data_url = "data:image/png;base64,iVBORw0KGgoA" + std::string(1'000'000, 'A');
  enum : int { as_it_should, cannot_mount, saved, wrong_error, something_left, old_file_lost };
  for (const bool inlined : {false, true}) {
    // The server too is the child's: of threads that fork leaves behind, one could hold a lock of the sanitizer's heap.
    const int status = status_of_child([&]() -> int {
      if (!mount_little_disk(directory_)) return cannot_mount;
      std::ofstream(path()) << "before";
      RawServer pictures(serve_picture(picture_of(1'000'000)));
      const ChatClient client = client_of(pictures.base_url());
      const Result<SavedFile> result = save(client, inlined ? data_url : pictures.base_url() + "/a.png");
      if (result) return saved;
      const Error& error = result.error();
      const bool right = error.kind == ErrorKind::io && error.detail == std::generic_category().message(ENOSPC) &&
                         error.message.find("cat.png") != std::string::npos && !error.maybe_processed;
      if (!right) return wrong_error;
      if (names() != std::vector<std::string>{"cat.png"}) return something_left;
      return content() == "before" ? as_it_should : old_file_lost;
    });
    if (status == cannot_mount) return skip_without_namespace("no mount namespace can be made here");
    EXPECT_EQ(status, as_it_should) << (inlined ? "a data: URL" : "a picture by URL");
  }
}

INSTANTIATE_TEST_SUITE_P(EveryDoor, ImageMatrix,
                         ::testing::Values(Door{"blocking"}, Door{"async", Driver::own_thread},
                                           Door{"pool", Driver::pool}, Door{"polled", Driver::poll}),
                         [](const auto& door) { return std::string(door.param.name); });

}  // namespace
}  // namespace integration
