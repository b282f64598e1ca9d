#include "../codec/picture_bytes.hpp"
#include "../temporary_directory.hpp"
#include "client_fixture.hpp"
#include "codec/base64.hpp"
#include "stepped_transport.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace chatopen {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Save : public ClientOverMock {
 protected:
  [[nodiscard]] std::string path() const { return directory.path_of("cat.png"); }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(fs::path(path()).parent_path())) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }
  static GeneratedImage at(std::string url) { return {.url = std::move(url)}; }
  static GeneratedImage remote() { return at("https://cdn.example/a.png?sig=1"); }
  static GeneratedImage inside(std::string_view bytes) {
    std::string text(codec::base64_size(bytes.size()), '?');
    codec::base64_encode(bytes, text.data());
    return at("data:image/png;base64," + text);
  }
  // Fails, and leaves nothing.
  [[nodiscard]] Error failure(const GeneratedImage& image, const SaveOptions& how = {}) const {
    const Result<SavedFile> saved = make().save(image, path(), how);
    EXPECT_THAT(names(), IsEmpty());
    if (saved) return {.kind = ErrorKind::cancelled, .message = "was saved"};
    EXPECT_FALSE(saved.error().maybe_processed);
    return saved.error();
  }

  TemporaryDirectory directory;
  const std::string picture = picture_of(png_magic, 50'000);
};

TEST_F(Save, WritesWhatItFetches) {
  mock->reply_chunked({}, {picture.substr(0, 5), picture.substr(5, 10), picture.substr(15)});
  const Result<SavedFile> saved = make().save(remote(), path());
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->path, path());
  EXPECT_EQ(saved->bytes, picture.size());
  EXPECT_EQ(saved->media_type, "image/png");
  EXPECT_EQ(content(), picture);
  EXPECT_THAT(names(), ElementsAre("cat.png"));
}

TEST_F(Save, FetchesWithoutCredentials) {
  mock->reply({.body = picture});
  ASSERT_TRUE(make().save(remote(), path()));
  const testing::RecordedRequest sent = mock->requests().at(0);
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.url, "https://cdn.example/a.png?sig=1");
  EXPECT_EQ(sent.body, "");
  std::vector<std::string> headers;
  for (const HttpHeader& header : sent.headers) headers.push_back(header.name + ": " + header.value);
  EXPECT_THAT(headers, ElementsAre("Accept: image/*", "Accept-Encoding: identity"));
}

TEST_F(Save, TellsTheFormatByTheBytes) {
  const std::pair<std::string, const char*> all[] = {{std::string(jpeg_magic), "image/jpeg"},
                                                     {"GIF89a", "image/gif"},
                                                     {"RIFF....WEBP", "image/webp"},
                                                     {"BM", "image/bmp"}};
  for (const auto& [bytes, media_type] : all) {
    mock->reply({.headers = {{"Content-Type", "text/plain"}}, .body = bytes});
    const Result<SavedFile> saved = make().save(remote(), path());
    ASSERT_TRUE(saved) << saved.error();
    EXPECT_EQ(saved->media_type, media_type);
    EXPECT_EQ(content(), bytes);
  }
}

TEST_F(Save, RefusesWhatIsNoPicture) {
  for (const std::string& body : {std::string("<html>sign in</html>"), std::string("PNG"), std::string(100, '\0')}) {
    mock->reply({.headers = {{"Content-Type", "image/png"}}, .body = body});
    const Error error = failure(remote());
    EXPECT_EQ(error.kind, ErrorKind::protocol);
    EXPECT_THAT(error.message, HasSubstr("no known picture format"));
    EXPECT_THAT(error.detail, HasSubstr("the server calls it image/png"));
    EXPECT_EQ(error.attempts, 1);
  }
  mock->reply({});
  EXPECT_THAT(failure(remote()).message, HasSubstr("is empty"));
}

TEST_F(Save, RefusesWhatIsTooLarge) {
  const SaveOptions little{.max_bytes = picture.size() - 1};
  mock->reply({.headers = {{"Content-Length", std::to_string(picture.size())}}, .body = picture});
  mock->reply_chunked({}, {picture.substr(0, 9), picture.substr(9)});
  for (int i = 0; i < 2; ++i) {
    const Error error = failure(remote(), little);
    EXPECT_EQ(error.kind, ErrorKind::too_large);
    EXPECT_THAT(error.message, HasSubstr("larger than 49999 bytes"));
    EXPECT_EQ(error.attempts, 1);
  }
  EXPECT_EQ(failure(inside(picture), little).kind, ErrorKind::too_large);
  mock->reply({.body = picture});
  EXPECT_TRUE(make().save(remote(), path(), {.max_bytes = picture.size()}));
  EXPECT_TRUE(make().save(inside(picture), path(), {.max_bytes = picture.size()}));
}

TEST_F(Save, IsNotHeldToTheCapOfReplies) {
  ClientOptions with = options();
  with.limits.max_reply_bytes = 100;
  mock->reply({.body = picture});
  EXPECT_TRUE(make(with).save(remote(), path()));
}

TEST_F(Save, FetchesAgainWhateverBroke) {
  mock->reply_chunked({}, {picture.substr(0, 30'000)}, testing::MockStreamEnd::reset);
  mock->reply({.status = 502});
  mock->reply({.body = picture});
  ASSERT_TRUE(make().save(remote(), path()));
  EXPECT_EQ(content(), picture) << "nothing of the first attempt is left";
  EXPECT_THAT(clock->sleeps(), ElementsAre(500ms, 1s));
}

TEST_F(Save, LeavesNothingOfACutPicture) {
  for (const auto end : {testing::MockStreamEnd::reset, testing::MockStreamEnd::connection_closed}) {
    mock->reply_chunked({}, {picture}, end);
    EXPECT_EQ(failure(remote(), {.retry = RetryPolicy::none()}).kind, ErrorKind::truncated);
  }
}

TEST_F(Save, SaysWhyAServerRefuses) {
  mock->reply({.status = 403, .body = "<Error>"});
  const Error expired = failure(remote());
  EXPECT_EQ(expired.kind, ErrorKind::permission_denied);
  EXPECT_THAT(expired.detail, HasSubstr("may have expired"));
  mock->reply({.status = 206, .body = picture});
  EXPECT_THAT(failure(remote()).message, HasSubstr("status 206"));
  mock->reply({.status = 302, .headers = {{"Location", "https://other.example/b.png?sig=canary-secret-0815"}}});
  const Error elsewhere = failure(remote());
  EXPECT_EQ(elsewhere.kind, ErrorKind::redirect_refused);
  EXPECT_EQ(elsewhere.detail, "the redirect leads to https://other.example/b.png");
  EXPECT_EQ(mock->requests().size(), 3U);
}

TEST_F(Save, RefusesUrlsThatItDoesNotFetch) {
  for (const char* const url : {"", "cat.png", "file:///etc/passwd", "ftp://a.example/b", "//a.example/b", "https://",
                                "https://user:pw@a.example/b", "http://cdn.example/a.png", "https://a.example\\@b/",
                                "https://a.example/\n", "http://127.0.0.1.example/"}) {
    EXPECT_EQ(failure(at(url)).kind, ErrorKind::invalid_argument) << url;
  }
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(Save, FetchesByHttpFromThisMachineOrWhereItIsPermitted) {
  for (int i = 0; i < 3; ++i) mock->reply({.body = picture});
  EXPECT_TRUE(make().save(at("http://127.0.0.1:8080/a.png"), path()));
  EXPECT_TRUE(make().save(at("http://[::1]/a.png"), path()));
  ClientOptions with = options();
  with.allow_http = true;
  EXPECT_TRUE(make(with).save(at("http://cdn.example/a.png"), path()));
}

TEST_F(Save, EncodesWhatTheServiceDidNot) {
  mock->reply({.body = picture});
  ASSERT_TRUE(make().save(at("https://cdn.example/a cat|\xe7\x8c\xab.png?q=\"%20\"#top"), path()));
  EXPECT_EQ(mock->requests().at(0).url, "https://cdn.example/a%20cat%7C%E7%8C%AB.png?q=%22%20%22");
}

TEST_F(Save, DecodesDataUrls) {
  const Result<SavedFile> saved = make().save(inside(picture), path());
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(saved->bytes, picture.size());
  EXPECT_EQ(saved->media_type, "image/png");
  EXPECT_EQ(content(), picture);
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(Save, RefusesDataUrlsThatAreNotStrict) {
  std::string broken = inside(picture).url;
  broken[30'000] = '!';
  std::string padded_early = inside(picture).url.substr(0, 22 + 16384);
  padded_early.replace(padded_early.size() - 2, 2, "==");
  for (const std::string& url : {std::string("data:image/png,abc"), std::string("data:"), broken,
                                 inside(picture).url + "=", padded_early + "AAAA"}) {
    EXPECT_EQ(failure(at(url)).kind, ErrorKind::protocol) << url.substr(0, 40);
  }
  EXPECT_THAT(failure(inside("<html>, long enough")).message, HasSubstr("no known picture format"));
}

TEST_F(Save, ReplacesAFileUnlessToldNotTo) {
  directory.write("cat.png", "before");
  mock->reply({.status = 404});
  EXPECT_FALSE(make().save(remote(), path()));
  EXPECT_EQ(content(), "before") << "it failed";
  const Result<SavedFile> kept = make().save(remote(), path(), {.overwrite = false});
  EXPECT_EQ(kept.error().kind, ErrorKind::io);
  EXPECT_EQ(mock->requests().size(), 1U) << "found before anything was fetched";
  mock->reply({.body = picture});
  EXPECT_TRUE(make().save(remote(), path(), {.sync = true}));
  EXPECT_EQ(content(), picture);
}

TEST_F(Save, FindsAPathThatCannotBeWrittenBeforeItFetches) {
  for (const std::string& wrong : {std::string(), directory.path_of("no/such/cat.png"), directory.path_of(".")}) {
    EXPECT_FALSE(make().save(remote(), wrong));
    EXPECT_FALSE(make().save(inside(picture), wrong));
  }
  EXPECT_TRUE(mock->requests().empty());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Save, HasDeadlinesOfItsOwn) {
  mock->reply({.body = picture});
  ASSERT_TRUE(make().save(remote(), path(), {.timeouts = {.total = 7s}}));
  EXPECT_EQ(mock->requests().at(0).timeouts.total, 7s);
  EXPECT_EQ(mock->requests().at(0).timeouts.idle, 2min);
  EXPECT_EQ(make().save(remote(), path(), {.timeouts = {.idle = -1ms}}).error().kind, ErrorKind::invalid_argument);
}

TEST_F(Save, ComesLater) {
  mock->fail(TransportFailure::connect);
  mock->reply({.body = picture});
  const ChatClient client = make();
  const Result<SavedFile> saved = client.save_async(remote(), path()).get();
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_EQ(content(), picture);
  EXPECT_TRUE(client.save_async(inside(picture), directory.path_of("other.png")).get());
  EXPECT_EQ(client.save_async(at("x"), path()).get().error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(client.save_async(remote(), "").get().error().kind, ErrorKind::invalid_argument);
}

TEST_F(Save, ComesWithinPoll) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply({.body = picture});
  const ChatClient client = make();
  Pending<SavedFile> pending = client.save_async(remote(), path());
  EXPECT_THAT(names(), ElementsAre(StartsWith(".chatopen-")));
  client.poll();
  ASSERT_TRUE(pending.ready());
  EXPECT_THAT(names(), ElementsAre("cat.png"));
}

TEST_F(Save, LeavesNothingWhenItIsCancelled) {
  const auto stepped = std::make_shared<SteppedTransport>();
  ClientOptions with = options();
  with.transport = stepped;
  const ChatClient client = make(with);
  Pending<SavedFile> pending = client.save_async(remote(), path());
  EXPECT_EQ(stepped->exchange().head(200, {}), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange().body(picture), SinkAction::proceed);
  pending.cancel();
  ASSERT_TRUE(pending.ready());
  const Result<SavedFile> saved = std::move(pending).get();
  EXPECT_EQ(saved.error().kind, ErrorKind::cancelled);
  EXPECT_FALSE(saved.error().maybe_processed);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Save, LeavesNothingWhenTheClientIsDestroyed) {
  const auto stepped = std::make_shared<SteppedTransport>();
  ClientOptions with = options();
  with.transport = stepped;
  std::optional<ChatClient> client = make(with);
  Pending<SavedFile> pending = client->save_async(remote(), path());
  EXPECT_EQ(stepped->exchange().head(200, {}), SinkAction::proceed);
  EXPECT_EQ(stepped->exchange().body(picture), SinkAction::proceed);
  client.reset();
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(std::move(pending).get().error().kind, ErrorKind::cancelled);
}

TEST_F(Save, SaysNoSecret) {
  mock->reply({.status = 500, .body = "canary-secret-0815"});
  const Error error = failure(remote(), {.retry = RetryPolicy::none()});
  EXPECT_THAT(to_string(error) + error.body_snippet, Not(HasSubstr("canary-secret")));
  EXPECT_THAT(to_string(error), Not(HasSubstr("sig=1")));
}

}  // namespace
}  // namespace chatopen
