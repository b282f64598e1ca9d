#include "async_matrix.hpp"
#include "crowd_server.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>
#include <vector>

#include <sys/resource.h>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ChatDelta;
using chatopen::ChatReply;
using chatopen::ChatStream;
using chatopen::Pending;
using chatopen::Result;

class AsyncLoad : public AsyncMatrix, public ::testing::WithParamInterface<Driver> {
 protected:
  void SetUp() override {
    AsyncMatrix::SetUp();
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit raised{.rlim_cur = before_.rlim_max, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &raised);
    if (raised.rlim_cur < streams_ + 200) GTEST_SKIP() << "only " << raised.rlim_cur << " descriptors are allowed";
  }
  void TearDown() override {
    ::setrlimit(RLIMIT_NOFILE, &before_);
    AsyncMatrix::TearDown();
  }

  /// Sanitizers make each of them several times as large.
  const std::size_t streams_ = slowdown > 1 ? 2'000 : 10'000;

 private:
  rlimit before_ = {};
};
INSTANTIATE_TEST_SUITE_P(FaultMatrix, AsyncLoad, ::testing::Values(Driver::own_thread, Driver::poll), name_of_param);

std::size_t threads() {
  const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_P(AsyncLoad, Row63TenThousandStreamsAtOnceAllFinish) {
  const std::size_t threads_before = threads();
  const CrowdServer server(streams_);
  chatopen::ClientOptions options = async_options(server.base_url());
  options.transport = curl({.max_connections = streams_, .poll_driven = GetParam() == Driver::poll});
  // A busy machine may take long until it has connected so many.
  options.timeouts.connect = std::chrono::minutes(1);
  const ChatClient client = ChatClient::create(std::move(options)).value();
  std::vector<std::string> texts(streams_ / 2);
  std::vector<Pending<ChatReply>> pushed;
  std::vector<ChatStream> pulled;
  for (std::string& text : texts) {
    pushed.push_back(client.stream_async(question(), [&text](const ChatDelta& delta) { text += delta.text; }));
    pulled.push_back(client.stream(question()));
  }
  std::size_t finished = 0;
  const auto expect_whole = [&finished](const Result<ChatReply>& reply) {
    if (reply && reply->text() == crowd_text) {
      ++finished;
    } else if (!reply) {
      ADD_FAILURE() << reply.error();
    }
  };
  for (auto& each : pushed) expect_whole(std::move(each).get());
  EXPECT_LE(threads(), threads_before + (GetParam() == Driver::poll ? 0U : 1U));
  for (ChatStream& each : pulled) expect_whole(each.finish());
  EXPECT_EQ(finished, streams_);
  EXPECT_EQ(std::count(texts.begin(), texts.end(), crowd_text), std::ptrdiff_t(texts.size()));
  EXPECT_EQ(log_->counts().attempts, int(streams_));
  EXPECT_EQ(log_->counts().completions, int(streams_));
}

}  // namespace
}  // namespace integration
