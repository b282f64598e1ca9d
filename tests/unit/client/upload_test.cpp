#include "upload_fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace chatopen {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The ways to upload, which all bring the same.
enum class Way { blocking, async, polled };

void PrintTo(Way way, std::ostream* stream) {
  *stream << (way == Way::blocking ? "blocking" : way == Way::async ? "async" : "polled");
}

class Uploads : public ClientOverMock, public ::testing::WithParamInterface<Way> {
 protected:
  Uploads() { mock = std::make_shared<testing::MockTransport>(testing::MockOptions{GetParam() == Way::polled}); }

  /// Retries at once, since nobody moves the clock of a test that polls.
  [[nodiscard]] ChatClient client_of_way() const {
    ClientOptions prompt = options();
    prompt.jitter = [] { return 0.0; };
    return make(std::move(prompt));
  }

  Result<UploadedFile> upload(const UploadRequest& request, const CallOptions& call = {}) const {
    const ChatClient client = client_of_way();
    if (GetParam() == Way::blocking) return client.upload(request, call);
    return client.upload_async(request, call).get();
  }
  template <typename OnProgress>
  Result<UploadedFile> upload(const UploadRequest& request, OnProgress on_progress,
                              const CallOptions& call = {}) const {
    const ChatClient client = client_of_way();
    if (GetParam() == Way::blocking) return client.upload(request, on_progress, call);
    return client.upload_async(request, std::ref(on_progress), call).get();
  }
  Error failure(const UploadRequest& request, const CallOptions& call = {}) const {
    const Result<UploadedFile> file = upload(request, call);
    if (file) {
      ADD_FAILURE() << "was uploaded to " << file->url;
      return {};
    }
    return file.error();
  }
  [[nodiscard]] static UploadRequest of_bytes(std::string bytes) {
    return {.bytes = std::make_shared<const std::string>(std::move(bytes))};
  }

  TemporaryDirectory directory;
};

INSTANTIATE_TEST_SUITE_P(Way, Uploads, ::testing::Values(Way::blocking, Way::async, Way::polled),
                         ::testing::PrintToStringParamName());

TEST_P(Uploads, SendAFormWithOnePart) {
  mock->reply({.headers = {{"X-Request-Id", "r1"}}, .body = url_envelope});
  const Result<UploadedFile> file = upload({.path = directory.write("cat.png", png_bytes)});
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->url, "https://files.example/a");
  EXPECT_EQ(file->request_id, "r1");
  EXPECT_EQ(file->attempts, 1);
  EXPECT_EQ(file->raw, url_envelope);
  const testing::RecordedRequest sent = mock->requests()[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://x.example/AIGCChatOpenServ/saas/file/upload");
  EXPECT_EQ(sent.header("X-Request-Req-Accesskeyid"), "canary-id-4711");
  EXPECT_THAT(sent.header("Content-Type"), StartsWith("multipart/form-data; boundary=chatopen-"));
  EXPECT_EQ(normalized(sent),
            "--BOUNDARY\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cat.png\"\r\n"
            "Content-Type: image/png\r\n\r\n" +
                std::string(png_bytes) + "\r\n--BOUNDARY--\r\n");
}

TEST_P(Uploads, NameAndDescribeWhatIsSent) {
  for (int i = 0; i < 5; ++i) mock->reply({.body = url_envelope});
  ASSERT_TRUE(upload({.path = directory.write("notes", "plain")}));
  ASSERT_TRUE(upload(of_bytes(std::string(png_bytes))));
  ASSERT_TRUE(upload(of_bytes("plain")));
  ASSERT_TRUE(upload({.source = std::make_shared<TestSource>(std::string(png_bytes))}));
  UploadRequest named = of_bytes("GIF89a");
  named.file_name = "a \"b\".txt";
  named.media_type = "text/plain";
  ASSERT_TRUE(upload(named));
  const auto requests = mock->requests();
  EXPECT_THAT(requests[0].body, AllOf(HasSubstr("filename=\"notes\"\r\n"), HasSubstr("application/octet-stream\r\n")));
  EXPECT_THAT(requests[1].body, AllOf(HasSubstr("filename=\"file.png\"\r\n"), HasSubstr("image/png\r\n")));
  EXPECT_THAT(requests[2].body, AllOf(HasSubstr("filename=\"file\"\r\n"), HasSubstr("application/octet-stream\r\n")));
  EXPECT_THAT(requests[3].body, AllOf(HasSubstr("filename=\"file\"\r\n"), HasSubstr("application/octet-stream\r\n")));
  EXPECT_THAT(requests[4].body, AllOf(HasSubstr("filename=\"a %22b%22.txt\"\r\n"), HasSubstr("text/plain\r\n")));
}

TEST_P(Uploads, KeepEveryByte) {
  mock->reply({.body = url_envelope});
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 31 + i / 256);
  ASSERT_TRUE(upload({.path = directory.write("all", bytes)}));
  EXPECT_EQ(content_of(mock->requests()[0].body), bytes);
}

TEST_P(Uploads, GoToAnotherEndpointWhenTold) {
  mock->reply({.body = url_envelope});
  UploadRequest request = of_bytes("a");
  request.endpoint = Endpoint::custom("/elsewhere", WireForm::upload);
  ASSERT_TRUE(upload(request));
  EXPECT_EQ(mock->requests()[0].url, "https://x.example/elsewhere");
  request.endpoint = endpoints::gpt_4o();
  EXPECT_EQ(failure(request).message, "the endpoint's wire form 'messages' takes no upload");
}

TEST_P(Uploads, RefuseWhatCannotBeSent) {
  const auto message = [this](const UploadRequest& request) {
    const Error error = failure(request);
    EXPECT_EQ(error.kind, ErrorKind::invalid_argument) << error;
    EXPECT_EQ(error.attempts, 0);
    return error.message;
  };
  EXPECT_EQ(message({}), "there is nothing to upload");
  EXPECT_EQ(message({.path = "a", .bytes = std::make_shared<const std::string>("b")}),
            "there is more than one thing to upload");
  EXPECT_EQ(message(of_bytes("")), "the upload is empty");
  const std::string empty = directory.write("empty.png", "");
  EXPECT_EQ(message({.path = empty}), "'" + empty + "' is empty");
  const std::string folder = directory.path_of("folder");
  std::filesystem::create_directory(folder);
  EXPECT_EQ(message({.path = folder}), "'" + folder + "' is not a regular file");
  const std::string pipe = directory.path_of("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(message({.path = pipe}), "'" + pipe + "' is not a regular file");
  EXPECT_EQ(message({.path = directory.write("a\nb", "c")}), "file_name has a control character");
  EXPECT_EQ(message({.path = directory.write("a\xff", "c")}), "file_name is not valid UTF-8");
  UploadRequest request = of_bytes("a");
  request.file_name = "a\rb";
  EXPECT_EQ(message(request), "file_name has a control character");
  request.file_name = std::string("a\0b", 3);
  EXPECT_EQ(message(request), "file_name has a control character");
  request.file_name = "../a";
  EXPECT_EQ(message(request), "file_name has a directory");
  request.file_name = {};
  request.media_type = "image/png\r\nX-Evil: 1";
  EXPECT_EQ(message(request), "media_type has a character that a header may not carry");
  const auto source = std::make_shared<TestSource>("a");
  source->announced = std::nullopt;
  EXPECT_EQ(message({.source = source}), "the upload has a source that does not know its size");
  source->announced = UINT64_MAX;
  EXPECT_EQ(message({.source = source}), "the upload has a source that announces an impossible size");
  EXPECT_EQ(mock->requests().size(), 0u);
}

TEST_P(Uploads, SayWhyAFileCannotBeRead) {
  const Error missing = failure({.path = directory.path_of("none.png")});
  EXPECT_EQ(missing.kind, ErrorKind::io);
  EXPECT_THAT(missing.message, HasSubstr("none.png"));
  EXPECT_EQ(missing.detail, "No such file or directory");
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string locked = directory.write("locked.png", png_bytes);
  std::filesystem::permissions(locked, std::filesystem::perms::none);
  EXPECT_EQ(failure({.path = locked}).detail, "Permission denied");
}

TEST_P(Uploads, TellTheirProgress) {
  mock->reply({.body = url_envelope});
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  const auto source = std::make_shared<TestSource>(std::string(2500, 'x'));
  const auto on_progress = [&](std::uint64_t sent, std::uint64_t total) { told.emplace_back(sent, total); };
  ASSERT_TRUE(upload({.source = source}, on_progress));
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_THAT(told, ElementsAre(Pair(1000, 2500), Pair(2000, 2500), Pair(2500, 2500)));
}

TEST_P(Uploads, EndWhenTheProgressCallbackSaysSo) {
  mock->reply({.body = url_envelope});
  const auto source = std::make_shared<TestSource>(std::string(2500, 'x'));
  const Result<UploadedFile> file =
      upload({.source = source}, [](std::uint64_t sent, std::uint64_t) { return sent < 1500; });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(file.error().attempts, 1);
  EXPECT_EQ(source->position, 2000u);
}

class UploadApi : public ClientOverMock {};

/// Says no at once, and reads on.
class Impatient final : public Transport {
 public:
  TransportOutcome perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& /*cancel*/) override {
    ++asked;
    static_cast<void>(sink.on_head(503, {{"Retry-After", "0"}}));
    char piece[512];
    while (true) {
      const Result<std::size_t> count = request.body.source()->read(piece, sizeof piece);
      if (!count) return {.failure = TransportFailure::request_body, .request_bytes_written = true};
      if (*count == 0) return {.request_bytes_written = true, .body_end = BodyEnd::proven};
    }
  }
  int asked = 0;
};

TEST_F(UploadApi, EndsWhenTheProgressCallbackSaysSoWhateverTheServiceSays) {
  const auto impatient = std::make_shared<Impatient>();
  ClientOptions with = options();
  with.transport = impatient;
  int told = 0;
  const Result<UploadedFile> file =
      make(with).upload(UploadRequest{.source = std::make_shared<TestSource>(std::string(2500, 'x'))},
                        [&told](std::uint64_t, std::uint64_t) { return ++told != 2; });
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(impatient->asked, 1);
}

TEST_P(Uploads, ThrowWhatACallbackThrows) {
  mock->reply({.body = url_envelope});
  mock->reply({.body = url_envelope});
  const auto source = std::make_shared<TestSource>("abc");
  EXPECT_THROW((void)upload({.source = source}, [](std::uint64_t, std::uint64_t) { throw 7; }), int);
  source->throws = true;
  EXPECT_THROW((void)upload({.source = source}), int);
}

TEST_P(Uploads, FailAsTheSourceDoes) {
  for (int i = 0; i < 3; ++i) mock->reply({.body = url_envelope});
  auto source = std::make_shared<TestSource>("abc");
  source->fault = Error{.kind = ErrorKind::io, .message = "the camera is off", .detail = "switch it on"};
  const Error off = failure({.source = source});
  EXPECT_EQ(off.kind, ErrorKind::io);
  EXPECT_EQ(off.message, "the camera is off");
  EXPECT_EQ(off.detail, "switch it on");
  EXPECT_EQ(off.attempts, 1);
  source = std::make_shared<TestSource>("abc");
  source->announced = 4;
  EXPECT_EQ(failure({.source = source}).message, "the upload's source has less than the 4 bytes that it announced");
  EXPECT_EQ(mock->requests().size(), 2u);
}

TEST_P(Uploads, AreSentAgainWhenTheirContentCanBeReadAgain) {
  for (int i = 0; i < 3; ++i) {
    mock->reply({.status = 503});
    mock->reply({.body = url_envelope});
  }
  const auto source = std::make_shared<TestSource>("abc");
  for (const UploadRequest& request :
       {UploadRequest{.path = directory.write("a", "abc")}, of_bytes("abc"), UploadRequest{.source = source}}) {
    const Result<UploadedFile> file = upload(request);
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->attempts, 2);
  }
  for (const testing::RecordedRequest& sent : mock->requests()) EXPECT_EQ(content_of(sent.body), "abc");
  EXPECT_EQ(source->rewinds, 1);
}

TEST_P(Uploads, AreNotSentAgainWhenTheirContentCannotBeReadAgain) {
  mock->reply({.status = 503});
  const auto source = std::make_shared<TestSource>("abc");
  source->rewindable = false;
  const Error error = failure({.source = source});
  EXPECT_EQ(error.kind, ErrorKind::server_error);
  EXPECT_EQ(error.http_status, 503);
  EXPECT_EQ(error.attempts, 1);
  EXPECT_THAT(error.detail, HasSubstr("not sent again, because its source cannot be rewound"));
  EXPECT_EQ(mock->requests().size(), 1u);
}

TEST_P(Uploads, AreSentAgainWhenNothingWasReadYet) {
  mock->fail(TransportFailure::connect);
  mock->reply({.body = url_envelope});
  const auto source = std::make_shared<TestSource>("abc");
  source->rewindable = false;
  const Result<UploadedFile> file = upload({.source = source});
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->attempts, 2);
  EXPECT_EQ(source->rewinds, 0);
}

TEST_P(Uploads, AreNotSentAgainWhenTheyMayHaveBeenTaken) {
  mock->fail(TransportFailure::connection_reset);
  const Error error = failure(of_bytes("abc"));
  EXPECT_TRUE(error.maybe_processed);
  EXPECT_EQ(error.attempts, 1);
}

TEST_P(Uploads, AreErrorsWhenTheReplySaysSoOrIsCut) {
  mock->reply({.body = R"({"code":"1001","msg":"no room"})"});
  EXPECT_EQ(failure(of_bytes("a")).code, "1001");
  mock->reply({.body = R"({"code":"200","msg":"ok","data":{}})"});
  const Error without = failure(of_bytes("a"));
  EXPECT_EQ(without.kind, ErrorKind::protocol);
  EXPECT_TRUE(without.maybe_processed);
  mock->reply_chunked({.body = R"({"url":"https://f)"}, {}, testing::MockStreamEnd::connection_closed);
  EXPECT_EQ(failure(of_bytes("a")).kind, ErrorKind::truncated);
  mock->reply_chunked({.body = R"({"url":"https://f"})"}, {}, testing::MockStreamEnd::connection_closed);
  EXPECT_TRUE(upload(of_bytes("a")));
}

TEST_P(Uploads, TakeCallOptions) {
  mock->reply({.body = url_envelope});
  ASSERT_TRUE(upload(of_bytes("a"), {.timeouts = {.first_byte = std::chrono::hours(1)}, .headers = {{"X-Mine", "1"}}}));
  EXPECT_EQ(mock->requests()[0].header("X-Mine"), "1");
  EXPECT_EQ(mock->requests()[0].timeouts.first_byte, std::chrono::hours(1));
  EXPECT_EQ(failure(of_bytes("a"), {.headers = {{"Content-Type", "text/plain"}}}).kind, ErrorKind::invalid_argument);
}

TEST_F(UploadApi, TakesAPathAlone) {
  const TemporaryDirectory directory;
  mock->reply({.body = url_envelope});
  EXPECT_EQ(make().upload(directory.write("cat.jpg", "\xff\xd8\xff")).value().url, "https://files.example/a");
  const Result<UploadedFile> missing = make().upload("no such cat.jpg");
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
}

TEST_F(UploadApi, CanBeOverriddenByName) {
  mock->reply({.body = url_envelope});
  ClientOptions moved = options();
  moved.endpoints = {{.name = "file-upload", .path = "/v2/files"}};
  ASSERT_TRUE(make(moved).upload({.bytes = std::make_shared<const std::string>("a")}));
  EXPECT_EQ(mock->requests()[0].url, "https://x.example/v2/files");
}

TEST_F(UploadApi, IsNoneOfTheReferencesEndpoints) {
  EXPECT_EQ(endpoints::all().size(), 12u);
  EXPECT_EQ(endpoints::file_upload().path, "/AIGCChatOpenServ/saas/file/upload");
  EXPECT_EQ(endpoints::file_upload().wire_form, WireForm::upload);
  EXPECT_EQ(endpoints::file_upload().provenance, Provenance::observed);
}

TEST_F(UploadApi, LetsAProgressCallbackDestroyTheClient) {
  mock->reply({.body = url_envelope});
  auto client = std::make_unique<ChatClient>(make());
  int told = 0;
  const auto source = std::make_shared<TestSource>(std::string(5000, 'x'));
  auto pending = client->upload_async({.source = source}, [&](std::uint64_t, std::uint64_t) {
    ++told;
    client.reset();
  });
  const Result<UploadedFile> file = std::move(pending).get();
  EXPECT_EQ(file.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(told, 1);
}

TEST_F(UploadApi, LetsGoOfTheCallbackAndTheSourceWhenItHasEnded) {
  mock->reply({.body = url_envelope});
  const auto held = std::make_shared<int>(1);
  const ChatClient client = make();
  auto pending = client.upload_async({.bytes = std::make_shared<const std::string>("a")},
                                     [held](std::uint64_t, std::uint64_t) { return *held == 1; });
  pending.wait();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace chatopen
