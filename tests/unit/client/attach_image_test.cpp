#include "upload_fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <utility>

namespace chatopen {
namespace {

using ::testing::HasSubstr;
using testing::MockStreamEnd;

class AttachImage : public ClientOverMock, public ::testing::WithParamInterface<bool> {
 protected:
  Result<AttachedImage> attach(const std::string& path, const CallOptions& call = {}) const {
    const ChatClient client = make();
    return GetParam() ? client.attach_image_async(path, call).get() : client.attach_image(path, call);
  }
  /// The outcome once the service has refused.
  Result<AttachedImage> attach() const { return attach(picture, {.retry = RetryPolicy::none()}); }

  TemporaryDirectory directory;
  std::string picture = directory.write("cat.png", png_bytes);
};

INSTANTIATE_TEST_SUITE_P(Async, AttachImage, ::testing::Bool());

TEST_P(AttachImage, GivesTheUrlOfTheUpload) {
  mock->reply({.body = url_envelope});
  const Result<AttachedImage> image = attach(picture);
  ASSERT_TRUE(image) << image.error();
  EXPECT_EQ(image->part.source(), ImagePart::Source::url);
  EXPECT_EQ(image->part.location(), "https://files.example/a");
  EXPECT_FALSE(image->fallback_reason);
  EXPECT_EQ(content_of(mock->requests()[0].body), png_bytes);
}

TEST_P(AttachImage, SendsAnotherNameForOneThatCannotBeSent) {
  mock->reply({.body = url_envelope});
  const Result<AttachedImage> image = attach(directory.write("caf\xe9.png", png_bytes));
  ASSERT_TRUE(image) << image.error();
  EXPECT_THAT(mock->requests()[0].body, HasSubstr("filename=\"file.png\"\r\n"));
}

TEST_P(AttachImage, FallsBackToTheFileWhenTheServiceRefuses) {
  for (const int status : {307, 400, 403, 404, 413, 429, 500, 502, 503}) {
    mock->reply({.status = status});
    const Result<AttachedImage> image = attach();
    ASSERT_TRUE(image) << status << image.error();
    EXPECT_EQ(image->part.source(), ImagePart::Source::file);
    EXPECT_EQ(image->part.location(), picture);
    EXPECT_EQ(image->part.media_type(), "image/png");
    ASSERT_TRUE(image->fallback_reason);
    EXPECT_EQ(image->fallback_reason->http_status, status);
  }
  for (const char* body : {R"({"code":"1001","msg":"no"})", R"({"code":"200","data":{}})", "<html>", ""}) {
    mock->reply({.body = body});
    EXPECT_TRUE(attach().value().fallback_reason) << body;
  }
}

TEST_P(AttachImage, FallsBackWhenTheUploadBreaksOff) {
  mock->fail(TransportFailure::connection_reset);
  EXPECT_EQ(attach().value().fallback_reason->kind, ErrorKind::connection);
  mock->stall();
  EXPECT_EQ(attach().value().fallback_reason->kind, ErrorKind::timeout);
  mock->reply_chunked({.body = R"({"url)"}, {}, MockStreamEnd::connection_closed);
  EXPECT_EQ(attach().value().fallback_reason->kind, ErrorKind::truncated);
}

TEST_P(AttachImage, FailsWhereAMessageWouldFailToo) {
  mock->reply({.status = 401});
  EXPECT_EQ(attach().error().kind, ErrorKind::authentication);
  mock->reply({.body = R"({"code":"401","msg":"who?"})"});
  EXPECT_EQ(attach().error().kind, ErrorKind::authentication);
  for (const TransportFailure failure : {TransportFailure::resolve, TransportFailure::connect, TransportFailure::tls,
                                         TransportFailure::proxy, TransportFailure::connect_timeout}) {
    mock->fail(failure);
    EXPECT_FALSE(attach()) << to_string(failure);
  }
}

TEST_P(AttachImage, FailsWhenItIsCancelled) {
  CancelSource source;
  source.cancel();
  EXPECT_EQ(attach(picture, {.cancel = source.token()}).error().kind, ErrorKind::cancelled);
}

TEST_P(AttachImage, RefusesWhatIsNoPicture) {
  EXPECT_THAT(attach(directory.write("a.png", "text")).error().message, HasSubstr("no known picture format"));
  EXPECT_EQ(attach(directory.path_of("none.png")).error().kind, ErrorKind::io);
  EXPECT_EQ(mock->requests().size(), 0u);
}

TEST_P(AttachImage, DoesNotFallBackToAPictureThatIsTooLargeForAMessage) {
  std::filesystem::resize_file(picture, default_max_image_bytes + 1);
  mock->reply({.status = 413});
  const Result<AttachedImage> image = attach();
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().http_status, 413);
  EXPECT_THAT(image.error().detail, HasSubstr("too large to be sent in a message"));
}

TEST_P(AttachImage, GoesIntoAMessage) {
  mock->reply({.status = 503});
  mock->reply({.body = hi_envelope});
  const AttachedImage image = attach().value();
  const Result<ChatReply> reply =
      make().chat({.endpoint = endpoints::gpt_4o_multimodal(), .messages = {Message::user({text("?"), image.part})}});
  ASSERT_TRUE(reply) << reply.error();
  EXPECT_THAT(mock->requests()[1].body, HasSubstr("data:image/png;base64,"));
}

}  // namespace
}  // namespace chatopen
