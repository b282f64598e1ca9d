#include "several_images.hpp"
#include "stepped_transport.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace chatopen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(SeveralImages, KeepTheirOrderAndTheLimit) {
  const auto painter = std::make_shared<Painter>(3);
  const auto results = make_with(painter).generate_images(orders(20), {.max_concurrent = 3});
  expect_painted(results, 20);
  EXPECT_EQ(painter->most(), 3);
}

TEST_F(SeveralImages, TellHowFarTheyAre) {
  const auto painter = std::make_shared<Painter>();
  std::vector<std::size_t> finished;
  std::set<std::size_t> seen;
  std::set<std::thread::id> threads;
  const auto on_progress = [&](const ImageProgress& progress) {
    finished.push_back(progress.finished);
    seen.insert(progress.index);
    threads.insert(std::this_thread::get_id());
    EXPECT_EQ(progress.total, 4U);
    EXPECT_TRUE(progress.result);
  };
  static_cast<void>(make_with(painter).generate_images(orders(4), on_progress, {.max_concurrent = 2}));
  EXPECT_THAT(finished, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_THAT(threads, ElementsAre(std::this_thread::get_id()));
}

TEST_F(SeveralImages, FailOneByOne) {
  std::vector<ImageRequest> requests = orders(4);
  requests[1].prompt = "refuse";
  requests[2].prompt = "";
  const auto results = make_with(std::make_shared<Painter>()).generate_images(requests);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().http_status, 400);
  EXPECT_EQ(results[2].error().message, "prompt is empty");
  EXPECT_TRUE(results[3]);
}

TEST_F(SeveralImages, ComeFromATransportThatIsPolled) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  for (int i = 0; i < 5; ++i) mock->reply({.body = image_envelope()});
  int told = 0;
  const auto results = make().generate_images(orders(5), [&](const ImageProgress&) { ++told; }, {.max_concurrent = 2});
  for (const auto& result : results) EXPECT_TRUE(result);
  EXPECT_EQ(told, 5);
}

TEST_F(SeveralImages, MayBeNone) {
  EXPECT_TRUE(make().generate_images({}).empty());
  EXPECT_TRUE(make().generate_images({}, {.max_concurrent = 0}).empty());
}

TEST_F(SeveralImages, NeedALimitOfAtLeastOne) {
  const auto results = make().generate_images(orders(2), {.max_concurrent = 0});
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(results[1].error().message, HasSubstr("max_concurrent"));
  EXPECT_TRUE(mock->requests().empty());
}

TEST_F(SeveralImages, EndWithTheToken) {
  const auto stepped = std::make_shared<SteppedTransport>();
  CancelSource source;
  std::vector<Result<ImageReply>> results;
  std::thread caller([&] {
    results = make_with(stepped).generate_images(orders(10), {.max_concurrent = 2}, {.cancel = source.token()});
  });
  while (stepped->started() < 2) std::this_thread::yield();
  source.cancel();
  caller.join();
  ASSERT_EQ(results.size(), 10U);
  for (const auto& result : results) EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(results[0].error().maybe_processed);
  EXPECT_FALSE(results[9].error().maybe_processed) << "it was never sent";
  EXPECT_EQ(stepped->started(), 2U);
}

TEST_F(SeveralImages, AreCancelledByACallbackThatThrows) {
  const auto stepped = std::make_shared<SteppedTransport>();
  std::vector<ImageRequest> requests = orders(3);
  requests[0].prompt = "";
  const ChatClient client = make_with(stepped);
  EXPECT_THROW(static_cast<void>(
                   client.generate_images(requests, [](const ImageProgress&) { throw std::runtime_error("enough"); })),
               std::runtime_error);
  EXPECT_EQ(stepped->started(), 2U);
  EXPECT_FALSE(client.poll()) << "none is in flight";
}

TEST_F(SeveralImages, AreRefusedInAChildOfTheirProcess) {
  mock = std::make_shared<testing::MockTransport>(testing::MockOptions{.poll_driven = true});
  for (int i = 0; i < 3; ++i) mock->reply({.body = image_envelope()});
  pid_t child = -1;
  const auto fork_once = [&child](const ImageProgress& progress) {
    if (progress.finished == 1) child = ::fork();
  };
  const auto results = make().generate_images(orders(3), fork_once, {.max_concurrent = 2});
  if (child == 0) {
    const auto refused = [&](std::size_t i) { return !results[i] && results[i].error().kind == ErrorKind::connection; };
    const bool right = results[0] && refused(1) && results[1].error().maybe_processed && refused(2) &&
                       !results[2].error().maybe_processed;
    ::_exit(right ? 0 : 1);
  }
  for (const auto& result : results) EXPECT_TRUE(result);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(SeveralImages, AreRefusedWhereTheyWouldWaitForEver) {
  const auto stepped = std::make_shared<SteppedTransport>();
  const ChatClient client = make_with(stepped);
  std::vector<Result<ImageReply>> results;
  Pending<void> then =
      client.chat_async(question()).then([&](Result<ChatReply>) { results = client.generate_images(orders(1)); });
  stepped->exchange().fail(TransportFailure::tls, true);
  ASSERT_TRUE(then.ready());
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].error().kind, ErrorKind::invalid_argument);
  EXPECT_THAT(results[0].error().detail, HasSubstr("generate_images_async"));
  EXPECT_EQ(stepped->started(), 1U);
}

}  // namespace
}  // namespace chatopen
