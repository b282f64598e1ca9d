#include "several_images.hpp"
#include "stepped_transport.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Results = std::vector<Result<ImageReply>>;

class SeveralImagesInFlight : public SeveralImages {
 protected:
  static void paint(SteppedExchange& exchange) {
    static_cast<void>(exchange.head(200, {}));
    static_cast<void>(exchange.body(image_envelope()));
    exchange.complete();
  }

  std::shared_ptr<SteppedTransport> stepped = std::make_shared<SteppedTransport>();
};

TEST_F(SeveralImagesInFlight, KeepTheirOrderAndTheLimit) {
  const auto painter = std::make_shared<Painter>(3);
  const ChatClient client = make_with(painter);
  const Results results = client.generate_images_async(orders(20), {.max_concurrent = 3}).get().value();
  expect_painted(results, 20);
  EXPECT_EQ(painter->most(), 3);
}

TEST_F(SeveralImagesInFlight, DoNotWait) {
  const ChatClient client = make_with(stepped);
  Pending<Results> pending = client.generate_images_async(orders(3), {.max_concurrent = 2});
  EXPECT_FALSE(pending.ready());
  EXPECT_EQ(stepped->started(), 2U);
  paint(stepped->exchange(1));
  EXPECT_EQ(stepped->started(), 3U);
  EXPECT_THAT(stepped->exchange(2).request->body.text(), HasSubstr("p2"));
  paint(stepped->exchange(2));
  EXPECT_FALSE(pending.ready());
  paint(stepped->exchange(0));
  ASSERT_TRUE(pending.ready());
  for (const auto& result : std::move(pending).get().value()) EXPECT_TRUE(result);
}

TEST_F(SeveralImagesInFlight, TellHowFarTheyAre) {
  const ChatClient client = make_with(stepped);
  std::vector<std::size_t> told;
  const auto on_progress = [&](const ImageProgress& progress) {
    told.insert(told.end(), {progress.finished, progress.total, progress.index});
    EXPECT_EQ(progress.result.has_value(), progress.index != 1);
  };
  Pending<Results> pending = client.generate_images_async(orders(3), on_progress, {.max_concurrent = 3});
  EXPECT_THAT(told, ElementsAre());
  paint(stepped->exchange(2));
  stepped->exchange(1).fail(TransportFailure::connection_reset, true);
  EXPECT_THAT(told, ElementsAre(1, 3, 2, 2, 3, 1));
  paint(stepped->exchange(0));
  EXPECT_THAT(told, ElementsAre(1, 3, 2, 2, 3, 1, 3, 3, 0));
  EXPECT_TRUE(pending.ready());
}

TEST_F(SeveralImagesInFlight, TellOfOneAtATime) {
  const ChatClient client = make_with(stepped);
  int told = 0;
  const auto on_progress = [&](const ImageProgress&) {
    if (++told > 1) return;
    std::thread([&] { paint(stepped->exchange(1)); }).join();
    EXPECT_EQ(told, 1) << "the other is told of when this has returned";
  };
  Pending<Results> pending = client.generate_images_async(orders(3), on_progress);
  paint(stepped->exchange(0));
  EXPECT_EQ(told, 2);
  paint(stepped->exchange(2));
  EXPECT_EQ(told, 3);
  EXPECT_TRUE(pending.ready());
}

TEST_F(SeveralImagesInFlight, FailOneByOne) {
  std::vector<ImageRequest> requests = orders(4);
  requests[1].prompt = "refuse";
  requests[2].prompt = "";
  const ChatClient client = make_with(std::make_shared<Painter>());
  const Results results = client.generate_images_async(requests).get().value();
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().http_status, 400);
  EXPECT_EQ(results[2].error().message, "prompt is empty");
  EXPECT_TRUE(results[3]);
}

TEST_F(SeveralImagesInFlight, MayAllBeRefusedHoweverManyTheyAre) {
  std::vector<ImageRequest> requests(20'000, ImageRequest{.endpoint = endpoints::gpt_image_1()});
  const ChatClient client = make();
  std::size_t finished = 0;
  Pending<Results> pending =
      client.generate_images_async(requests, [&](const ImageProgress& p) { finished = p.finished; });
  ASSERT_TRUE(pending.ready());
  EXPECT_EQ(finished, 20'000U);
  EXPECT_EQ(std::move(pending).get().value().back().error().message, "prompt is empty");
}

TEST_F(SeveralImagesInFlight, ComeFromATransportThatIsPolled) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  for (int i = 0; i < 5; ++i) mock->reply({.body = image_envelope()});
  const ChatClient client = make();
  std::set<std::thread::id> threads;
  const auto on_progress = [&](const ImageProgress&) { threads.insert(std::this_thread::get_id()); };
  const Pending<Results> pending = client.generate_images_async(orders(5), on_progress, {.max_concurrent = 2});
  EXPECT_TRUE(threads.empty());
  while (client.poll(std::chrono::milliseconds(1))) {
  }
  EXPECT_TRUE(pending.ready()) << "there is always one in flight until all have ended";
  EXPECT_THAT(threads, ElementsAre(std::this_thread::get_id()));
}

TEST_F(SeveralImagesInFlight, MayBeNone) {
  const ChatClient client = make();
  EXPECT_TRUE(client.generate_images_async({}).get().value().empty());
  EXPECT_TRUE(client.generate_images_async({}, {.max_concurrent = 0}).get().value().empty());
}

TEST_F(SeveralImagesInFlight, NeedALimitOfAtLeastOne) {
  const Results results = make().generate_images_async(orders(2), {.max_concurrent = 0}).get().value();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(results[1].error().message, HasSubstr("max_concurrent"));
  EXPECT_TRUE(mock->requests().empty());
}

void expect_cancelled(const Results& results, std::size_t sent) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    ASSERT_FALSE(results[i]) << i;
    EXPECT_EQ(results[i].error().kind, ErrorKind::cancelled) << i;
    EXPECT_EQ(results[i].error().maybe_processed, i < sent) << i;
    EXPECT_EQ(results[i].error().attempts, i < sent ? 1 : 0) << i;
  }
}

TEST_F(SeveralImagesInFlight, EndWithTheToken) {
  const ChatClient client = make_with(stepped);
  CancelSource source;
  Pending<Results> pending =
      client.generate_images_async(orders(10), {.max_concurrent = 2}, {.cancel = source.token()});
  source.cancel();
  const Results results = std::move(pending).get().value();
  ASSERT_EQ(results.size(), 10U);
  expect_cancelled(results, 2);
  EXPECT_EQ(stepped->started(), 2U);
}

TEST_F(SeveralImagesInFlight, EndWhenTheyAreCancelled) {
  const ChatClient client = make_with(stepped);
  std::size_t told = 0;
  Pending<Results> pending =
      client.generate_images_async(orders(10), [&](const ImageProgress&) { ++told; }, {.max_concurrent = 2});
  pending.cancel();
  const Results results = std::move(pending).get().value();
  ASSERT_EQ(results.size(), 10U);
  expect_cancelled(results, 2);
  EXPECT_EQ(stepped->started(), 2U);
  EXPECT_EQ(told, 10U);
}

TEST_F(SeveralImagesInFlight, MayBeCancelledByTheirOwnCallback) {
  const ChatClient client = make_with(stepped);
  std::optional<Pending<Results>> pending;
  pending = client.generate_images_async(orders(5),
                                         [&](const ImageProgress& progress) {
                                           if (progress.finished == 1) pending->cancel();
                                         },
                                         {.max_concurrent = 2});
  paint(stepped->exchange(0));
  ASSERT_TRUE(pending->ready());
  const Results results = std::move(*pending).get().value();
  EXPECT_TRUE(results[0]);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(results[i].error().kind, ErrorKind::cancelled);
  EXPECT_EQ(stepped->started(), 2U);
}

TEST_F(SeveralImagesInFlight, GoOnWhenNobodyWaits) {
  const ChatClient client = make_with(stepped);
  std::size_t told = 0;
  client.generate_images_async(orders(3), [&](const ImageProgress&) { ++told; });
  for (std::size_t i = 0; i < 3; ++i) paint(stepped->exchange(i));
  EXPECT_EQ(told, 3U);
  EXPECT_FALSE(client.poll()) << "none is in flight";
}

TEST_F(SeveralImagesInFlight, EndWithTheirClient) {
  std::optional<ChatClient> client = make_with(stepped);
  std::size_t told = 0;
  Pending<Results> pending =
      client->generate_images_async(orders(10), [&](const ImageProgress&) { ++told; }, {.max_concurrent = 2});
  client.reset();
  EXPECT_EQ(told, 10U) << "before the destructor returns";
  expect_cancelled(std::move(pending).get().value(), 2);
}

TEST_F(SeveralImagesInFlight, MayDestroyTheirClientInTheirCallback) {
  std::optional<ChatClient> client = make_with(stepped);
  std::size_t told = 0;
  const auto on_progress = [&](const ImageProgress&) {
    ++told;
    client.reset();
  };
  std::vector<ImageRequest> requests = orders(10);
  requests[1].prompt = "";
  Pending<Results> pending = client->generate_images_async(requests, on_progress, {.max_concurrent = 3});
  EXPECT_EQ(told, 10U) << "the second is refused while the first is in flight";
  EXPECT_EQ(stepped->started(), 1U);
  const Results results = std::move(pending).get().value();
  EXPECT_EQ(results[0].error().kind, ErrorKind::cancelled);
  EXPECT_EQ(results[9].error().kind, ErrorKind::cancelled);
}

TEST_F(SeveralImagesInFlight, AreCancelledByACallbackThatThrows) {
  const ChatClient client = make_with(stepped);
  std::size_t told = 0;
  const auto on_progress = [&](const ImageProgress&) {
    ++told;
    throw std::runtime_error("enough");
  };
  Pending<Results> pending = client.generate_images_async(orders(5), on_progress, {.max_concurrent = 2});
  paint(stepped->exchange(0));
  EXPECT_TRUE(pending.ready());
  EXPECT_THROW(static_cast<void>(std::move(pending).get()), std::runtime_error);
  EXPECT_EQ(told, 1U);
  EXPECT_EQ(stepped->started(), 2U);
  EXPECT_FALSE(client.poll()) << "none is in flight";
}

TEST_F(SeveralImagesInFlight, LetTheirCallbackGoBeforeTheyAreReady) {
  const ChatClient client = make_with(stepped);
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  bool gone = false;
  auto on_progress = [held = std::move(held)](const ImageProgress&) { ++*held; };
  Pending<Results> pending = client.generate_images_async(orders(1), std::move(on_progress));
  pending.when_ready([&] { gone = watched.expired(); });
  EXPECT_FALSE(watched.expired());
  paint(stepped->exchange(0));
  EXPECT_TRUE(gone);
}

TEST_F(SeveralImagesInFlight, DoNotWaitForTheirCallback) {
  const ChatClient client = make_with(std::make_shared<Painter>());
  std::latch ordered{1};
  std::atomic<int> told = 0;
  const auto on_progress = [&](const ImageProgress&) {
    ordered.wait();
    ++told;
  };
  Pending<Results> pending = client.generate_images_async(orders(4), on_progress, {.max_concurrent = 2});
  EXPECT_EQ(told, 0);
  ordered.count_down();
  EXPECT_TRUE(std::move(pending).get());
  EXPECT_EQ(told, 4);
}

// The first order has ended, and its callback runs, when another callback shuts the client down.
TEST_F(SeveralImagesInFlight, DoNotHoldUpAShutdownWithinACallback) {
  // Shared, since the transport may be at work on the second order when the test is over.
  struct Moments {
    std::latch telling{1};
    std::latch attached{1};
    std::latch shut_down{1};
  };
  const auto moments = std::make_shared<Moments>();
  const auto transport = std::make_shared<PerformOnlyTransport>(
      [moments](const HttpRequest& request, ResponseSink& sink, const CancelToken&) {
        if (request.body.text().find("hello") != std::string::npos) {
          moments->telling.wait();
          moments->attached.wait();
        }
        if (request.body.text().find("p1") != std::string::npos) moments->shut_down.wait();
        static_cast<void>(sink.on_head(200, {}));
        static_cast<void>(sink.on_body(image_envelope()));
        return TransportOutcome{.request_bytes_written = true, .body_end = BodyEnd::proven};
      });
  ChatClient client = make_with(transport);
  const auto on_progress = [&](const ImageProgress& progress) {
    if (progress.finished > 1) return;
    moments->telling.count_down();
    moments->shut_down.wait();
  };
  Pending<Results> pending = client.generate_images_async(orders(3), on_progress, {.max_concurrent = 2});
  Pending<void> then = client.chat_async(question()).then([&](const Result<ChatReply>&) {
    EXPECT_FALSE(client.shutdown());
    moments->shut_down.count_down();
  });
  moments->attached.count_down();
  then.wait();
  const Results results = std::move(pending).get().value();
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().kind, ErrorKind::cancelled);
  EXPECT_EQ(results[2].error().kind, ErrorKind::cancelled);
}

TEST_F(SeveralImagesInFlight, AreNotOrderedAgainInAChildThatTheirCallbackForked) {
  const ChatClient client = make_with(stepped);
  pid_t child = -1;
  std::vector<ImageRequest> requests = orders(2);
  requests[0].prompt = "";
  Pending<Results> pending = client.generate_images_async(requests,
                                                          [&child](const ImageProgress& progress) {
                                                            if (progress.finished == 1) child = ::fork();
                                                          },
                                                          {.max_concurrent = 1});
  if (child == 0) {
    const Result<Results> result = std::move(pending).get();
    ::_exit(stepped->started() == 0 && !result && result.error().kind == ErrorKind::connection ? 0 : 1);
  }
  paint(stepped->exchange(0));
  EXPECT_TRUE(std::move(pending).get().value()[1]);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(SeveralImagesInFlight, MayBeOrderedInACallback) {
  const ChatClient client = make_with(stepped);
  std::optional<Pending<Results>> pending;
  const Pending<void> then = client.chat_async(question()).then([&](const Result<ChatReply>&) {
    pending = client.generate_images_async(orders(1));
  });
  stepped->exchange().fail(TransportFailure::tls, true);
  ASSERT_TRUE(then.ready() && pending);
  paint(stepped->exchange(1));
  EXPECT_TRUE(std::move(*pending).get().value()[0]);
}

TEST_F(SeveralImagesInFlight, ContinueWithAFunction) {
  const ChatClient client = make_with(stepped);
  std::size_t count = 0;
  const Pending<void> then =
      client.generate_images_async(orders(2)).then([&](const Result<Results>& results) { count = results->size(); });
  paint(stepped->exchange(0));
  EXPECT_FALSE(then.ready());
  paint(stepped->exchange(1));
  EXPECT_TRUE(then.ready());
  EXPECT_EQ(count, 2U);
}

}  // namespace
}  // namespace chatopen
