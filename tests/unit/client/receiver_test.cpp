#include "client/receiver.hpp"

#include <chatopen/observer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace chatopen::client {
namespace {

class PlainReceiver final : public Receiver {
 public:
  using Receiver::Receiver;
  [[nodiscard]] std::optional<FailedAttempt> finish(const TransportOutcome&) override { return std::nullopt; }
  void describe(CallCompleted&) const override {}
};

class ReceiverTest : public ::testing::Test {
 protected:
  ReceiverTest() { prepared.request->limits.max_error_body_bytes = 10; }

  PreparedCall prepared{std::make_shared<Credentials>()};
  PlainReceiver receiver{prepared};
};

TEST_F(ReceiverTest, CollectsTheBodyOfASuccess) {
  EXPECT_EQ(receiver.on_head(200, {}), SinkAction::proceed);
  EXPECT_TRUE(receiver.is_success());
  EXPECT_EQ(receiver.on_body("longer than "), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("an error's"), SinkAction::proceed);
  EXPECT_EQ(receiver.body(), "longer than an error's");
  EXPECT_EQ(receiver.bytes(), 22u);
}

TEST_F(ReceiverTest, KeepsOfAnErrorAsMuchAsTheLimitSays) {
  EXPECT_EQ(receiver.on_head(500, {}), SinkAction::proceed);
  EXPECT_FALSE(receiver.is_success());
  EXPECT_EQ(receiver.on_body("12345678"), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("90"), SinkAction::proceed) << "exactly as much";
  EXPECT_EQ(receiver.on_body("x"), SinkAction::stop);
  EXPECT_EQ(receiver.body(), "1234567890");
  EXPECT_EQ(receiver.bytes(), 11u);
}

TEST_F(ReceiverTest, CutsAnErrorInMidPiece) {
  EXPECT_EQ(receiver.on_head(404, {}), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("1234567890abc"), SinkAction::stop);
  EXPECT_EQ(receiver.body(), "1234567890");
}

TEST_F(ReceiverTest, FindsTheFirstHeaderWhateverItsCase) {
  EXPECT_EQ(receiver.on_head(200, {{"X-Request-Id", "a"}, {"x-request-id", "b"}}), SinkAction::proceed);
  EXPECT_EQ(receiver.header("X-REQUEST-ID"), "a");
  EXPECT_EQ(receiver.header("absent"), "");
}

TEST_F(ReceiverTest, ForgetsTheLastAttempt) {
  EXPECT_EQ(receiver.on_head(503, {{"Retry-After", "1"}}), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("busy"), SinkAction::proceed);
  receiver.restart();
  EXPECT_EQ(receiver.status(), 0);
  EXPECT_EQ(receiver.bytes(), 0u);
  EXPECT_EQ(receiver.body(), "");
  EXPECT_TRUE(receiver.headers().empty());
  EXPECT_FALSE(receiver.has_delivered());
  EXPECT_EQ(receiver.exception(), nullptr);
}

TEST_F(ReceiverTest, ReservesWhatIsAnnouncedAsFarAsThatIsPlausible) {
  EXPECT_EQ(receiver.on_head(200, {{"Content-Length", "5000"}}), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("x"), SinkAction::proceed);
  EXPECT_GE(receiver.body().capacity(), 5000u);
  receiver.restart();
  receiver.body().shrink_to_fit();
  EXPECT_EQ(receiver.on_head(200, {{"Content-Length", "99999999999999"}}), SinkAction::proceed);
  EXPECT_EQ(receiver.on_body("x"), SinkAction::proceed);
  EXPECT_LE(receiver.body().capacity(), std::size_t{2} * 1024 * 1024);
}

}  // namespace
}  // namespace chatopen::client
