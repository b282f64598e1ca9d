#include "fault_matrix.hpp"

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::RetryPolicy;
using ::testing::HasSubstr;

TEST_F(FaultMatrix, Row1ConnectionRefusedIsTriedOncePlusRetries) {
  const DeadPort nobody;
  for (const int retries : {0, 1, 3}) {
    const ChatClient client = ChatClient::create(options_for("http://" + nobody.authority())).value();
    const Error error = failure(client, {.retry = RetryPolicy{.max_retries = retries}});
    EXPECT_EQ(error.kind, ErrorKind::connect);
    EXPECT_EQ(error.attempts, 1 + retries);
    EXPECT_FALSE(error.maybe_processed);
    EXPECT_EQ(error.http_status, 0);
  }
}

TEST_F(FaultMatrix, Row1WaitsLongerBeforeEachRetry) {
  const DeadPort nobody;
  const ChatClient client = ChatClient::create(options_for("http://" + nobody.authority())).value();
  EXPECT_EQ(failure(client).kind, ErrorKind::connect);
  // Half of 0.5 s and of 1 s, by the jitter of the tests.
  EXPECT_EQ(clock_->sleeps(), (std::vector<chatopen::Clock::Duration>{milliseconds(250), milliseconds(500)}));
}

TEST_F(FaultMatrix, Row2SynBlackHoleEndsAtTheConnectDeadline) {
  const BlackHole hole;
  const ChatClient client = ChatClient::create(options_for("http://" + hole.authority())).value();
  const auto [error, elapsed] =
      timed_failure(client, {.timeouts = {.connect = milliseconds(200)}, .retry = RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("connect"));
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrix, Row2SynBlackHoleIsTriedAgainBecauseNothingWasSent) {
  const BlackHole hole;
  const ChatClient client = ChatClient::create(options_for("http://" + hole.authority())).value();
  const Error error =
      failure(client, {.timeouts = {.connect = milliseconds(50)}, .retry = RetryPolicy{.max_retries = 1}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_EQ(error.attempts, 2);
}

TEST_F(FaultMatrix, Row2SynBlackHoleEndsAtTheTotalDeadline) {
  const BlackHole hole;
  const ChatClient client = ChatClient::create(options_for("http://" + hole.authority())).value();
  const auto [error, elapsed] = timed_failure(client, {.timeouts = {.total = milliseconds(200)}});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("total"));
  EXPECT_EQ(error.attempts, 1);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

TEST_F(FaultMatrix, Row7SilentTlsPeerEndsAtTheConnectDeadline) {
  RawServer server([](Connection& connection) { connection.wait_for_close(); });
  const ChatClient client = ChatClient::create(options_for("https://" + server.authority())).value();
  const auto [error, elapsed] =
      timed_failure(client, {.timeouts = {.connect = milliseconds(200)}, .retry = RetryPolicy::none()});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("connect"));
  EXPECT_FALSE(error.maybe_processed);
  EXPECT_GE(elapsed, milliseconds(200));
  EXPECT_LE(elapsed, milliseconds(200) + deadline_slack);
}

}  // namespace
}  // namespace integration
