#include "image_fixture.hpp"
#include "stepped_transport.hpp"

#include <chatopen/json.hpp>
#include <chatopen/observer.hpp>

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>

namespace chatopen {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Images : public ImagesOverMock {
 protected:
  Error failure(const CallOptions& call = {}) {
    const Result<ImageReply> reply = make().generate_image(cat(), call);
    if (reply) return {.kind = ErrorKind::cancelled, .message = "succeeded"};
    return reply.error();
  }
};

TEST_F(Images, AreOrderedAndComeBack) {
  mock->reply({.headers = {{"X-Request-Id", "r-1"}}, .body = image_envelope()});
  const Result<ImageReply> made = make().generate_image(
      {.endpoint = endpoints::gpt_image_1(), .prompt = "a cat", .aspect_ratio = "9:16", .extra = R"({"n":1})"},
      {.headers = {{"X-Trace", "7"}}});
  ASSERT_TRUE(made) << made.error();
  ASSERT_EQ(made->images.size(), 1U);
  EXPECT_EQ(made->images[0].url, "https://cdn.example/a.png");
  EXPECT_EQ(made->images[0].width, 2);
  EXPECT_EQ(made->request_id, "r-1");
  EXPECT_EQ(made->attempts, 1);
  EXPECT_EQ(made->raw, image_envelope());
  EXPECT_EQ(to_json(*made)["data"]["imageList"].size(), 1U);
  ASSERT_EQ(mock->requests().size(), 1U);
  const testing::RecordedRequest sent = mock->requests()[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://x.example/AIGCChatOpenServ/saas/gpt-image-1/image/generation");
  EXPECT_EQ(sent.body, R"({"prompt":"a cat","aspectRatio":"9:16","n":1})");
  EXPECT_EQ(sent.header("X-Request-Req-Accesskeyid"), "canary-id-4711");
  EXPECT_EQ(sent.header("Content-Type"), "application/json");
  EXPECT_EQ(sent.header("Accept"), "application/json");
  EXPECT_EQ(sent.header("X-Trace"), "7");
}

TEST_F(Images, ComeFromAnyEndpointOfTheImageForm) {
  mock->reply({.body = image_envelope()});
  mock->reply({.body = image_envelope()});
  ImageRequest request = cat();
  request.endpoint =
      Endpoint::custom("/AIGCChatOpenServ/saas/gemini-3.1-flash-image-preview/image/generation", WireForm::image);
  EXPECT_TRUE(make().generate_image(request));
  ClientOptions with = options();
  with.endpoints = {{.name = "gpt-image-1", .path = "/v2/{model}"}};
  EXPECT_TRUE(make(with).generate_image(cat()));
  EXPECT_EQ(mock->requests()[0].url,
            "https://x.example/AIGCChatOpenServ/saas/gemini-3.1-flash-image-preview/image/generation");
  EXPECT_EQ(mock->requests()[1].url, "https://x.example/v2/gpt-image-1");
}

TEST_F(Images, ComeFromNoOtherEndpointAndChatsNotFromTheirs) {
  ImageRequest request = cat();
  request.endpoint = endpoints::gpt_4o();
  const Result<ImageReply> made = make().generate_image(request);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(made.error().message, HasSubstr("'messages' makes no pictures"));
  ChatRequest chat = question();
  chat.endpoint = endpoints::gpt_image_1();
  EXPECT_EQ(make().chat(chat).error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(make().generate_image_async(request).get().error().kind, ErrorKind::invalid_argument);
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(Images, NeedAnEndpointOfTheirOwnToBeNamed) {
  const Error error = make().generate_image({.prompt = "a"}).error();
  EXPECT_EQ(error.kind, ErrorKind::invalid_argument);
  EXPECT_EQ(error.message, "the request names no endpoint");
  EXPECT_EQ(error.detail, "set ImageRequest::endpoint, for example to endpoints::gpt_image_1()");
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(Images, MayTakeMinutes) {
  mock->reply({.body = image_envelope()});
  ASSERT_TRUE(make().generate_image(cat()));
  const Timeouts sent = mock->requests()[0].timeouts;
  EXPECT_EQ(sent.first_byte, 10min);
  EXPECT_EQ(sent.idle, 10min) << "a head may come first, and the body minutes later";
  EXPECT_EQ(sent.total, 30min);
}

TEST_F(Images, HaveTheDeadlinesThatTheCallSets) {
  for (int i = 0; i < 3; ++i) mock->reply({.body = image_envelope()});
  ASSERT_TRUE(make().generate_image(cat(), {.timeouts = {.idle = 5s}}));
  EXPECT_EQ(mock->requests()[0].timeouts.idle, 5s);
  ASSERT_TRUE(make().generate_image(cat(), {.timeouts = {.first_byte = 0s}}));
  EXPECT_EQ(mock->requests()[1].timeouts.idle, 0s) << "no limit on the one is none on the other";
  ClientOptions with = options();
  with.timeouts.idle = 0s;
  ASSERT_TRUE(make(with).generate_image(cat()));
  EXPECT_EQ(mock->requests()[2].timeouts.idle, 0s);
}

TEST_F(Images, AreOrderedAgainWhereNothingWasProcessed) {
  mock->fail(TransportFailure::connect);
  mock->reply({.status = 429, .headers = {{"Retry-After", "3"}}});
  mock->reply({.body = image_envelope()});
  const Result<ImageReply> made = make().generate_image(cat());
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->attempts, 3);
  EXPECT_THAT(clock->sleeps(), ElementsAre(500ms, 3s));
}

TEST_F(Images, AreOrderedAgainAfterAnEnvelopeThatIsA429) {
  mock->reply({.body = R"({"code":"429","msg":"later"})"});
  mock->reply({.body = image_envelope()});
  EXPECT_TRUE(make().generate_image(cat()));
}

// What one reply, or failure, of a service that was reached is followed by.
class ImagesOnce : public Images {
 protected:
  void expect_one_attempt(const CallOptions& call = {}) {
    const Error error = failure(call);
    EXPECT_EQ(error.attempts, 1) << error;
    EXPECT_TRUE(error.maybe_processed) << error;
    EXPECT_EQ(mock->remaining(), 1U);
  }
};

TEST_F(ImagesOnce, AfterAStatusThatLeavesItOpen) {
  for (const int status : {408, 409, 500, 502, 503, 504}) {
    mock = std::make_shared<testing::MockTransport>();
    mock->reply({.status = status, .headers = {{"Retry-After", "0"}}});
    mock->reply({.body = image_envelope()});
    SCOPED_TRACE(status);
    expect_one_attempt();
  }
}

TEST_F(ImagesOnce, AfterAnEnvelopeThatLeavesItOpen) {
  for (const char* const body : {R"({"code":"503"})", R"({"code":"500"})", "{}", "<html>"}) {
    mock = std::make_shared<testing::MockTransport>();
    mock->reply({.body = body});
    mock->reply({.body = image_envelope()});
    SCOPED_TRACE(body);
    expect_one_attempt();
  }
}

TEST_F(ImagesOnce, AfterABrokenConnection) {
  for (const TransportFailure how :
       {TransportFailure::connection_reset, TransportFailure::first_byte_timeout, TransportFailure::truncated}) {
    mock = std::make_shared<testing::MockTransport>();
    mock->fail(how);
    mock->reply({.body = image_envelope()});
    SCOPED_TRACE(to_string(how));
    expect_one_attempt();
  }
}

TEST_F(ImagesOnce, WhateverTheClientPermitsForChats) {
  mock->reply({.status = 502});
  mock->reply({.body = image_envelope()});
  ClientOptions with = options();
  with.retry.retry_ambiguous = true;
  const Result<ImageReply> made = make(with).generate_image(cat());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().attempts, 1);
}

TEST_F(Images, AreOrderedAgainWhereTheCallItselfPermitsIt) {
  mock->reply({.status = 502});
  mock->reply({.status = 503});
  mock->reply({.body = image_envelope()});
  const Result<ImageReply> made = make().generate_image(cat(), {.retry = RetryPolicy{.retry_ambiguous = true}});
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->attempts, 3);
}

TEST_F(Images, ThatWereCutAreNone) {
  mock->reply_chunked({}, {image_envelope().substr(0, 40)}, testing::MockStreamEnd::connection_closed);
  EXPECT_EQ(failure().kind, ErrorKind::truncated);
  mock->reply_chunked({}, {image_envelope()}, testing::MockStreamEnd::connection_closed);
  EXPECT_TRUE(make().generate_image(cat())) << "its JSON shows that it is whole";
}

TEST_F(Images, ComeLater) {
  mock->fail(TransportFailure::connect);
  mock->reply({.body = image_envelope()});
  const ChatClient client = make();
  const Result<ImageReply> made = client.generate_image_async(cat()).get();
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->attempts, 2);
  EXPECT_EQ(made->images.at(0).height, 1);
}

TEST_F(Images, ComeWithinPoll) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  mock->reply({.body = image_envelope()});
  const ChatClient client = make();
  Pending<ImageReply> pending = client.generate_image_async(cat());
  EXPECT_FALSE(pending.ready());
  client.poll();
  ASSERT_TRUE(pending.ready());
  EXPECT_TRUE(std::move(pending).get());
}

TEST_F(Images, ThatWereCancelledMayHaveBeenMade) {
  ClientOptions with = options();
  const auto stepped = std::make_shared<SteppedTransport>();
  with.transport = stepped;
  const ChatClient client = make(with);
  Pending<ImageReply> pending = client.generate_image_async(cat());
  pending.cancel();
  ASSERT_TRUE(pending.ready());
  const Result<ImageReply> made = std::move(pending).get();
  EXPECT_EQ(made.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(made.error().maybe_processed);
}

class Heard final : public Observer {
 public:
  void on_complete(const CallInfo& call, const CallCompleted& event) noexcept override {
    endpoint = call.endpoint;
    url = call.url;
    request_id = event.request_id;
    status = event.status;
  }
  std::string endpoint, url, request_id;
  int status = 0;
};

TEST_F(Images, AreObserved) {
  const auto heard = std::make_shared<Heard>();
  ClientOptions with = options();
  with.observer = heard;
  mock->reply({.headers = {{"X-Request-Id", "r-1"}}, .body = image_envelope()});
  ASSERT_TRUE(make(with).generate_image(cat()));
  EXPECT_EQ(heard->endpoint, "gpt-image-1");
  EXPECT_EQ(heard->request_id, "r-1");
  EXPECT_EQ(heard->status, 200);
}

}  // namespace
}  // namespace chatopen
