#include "raw_connection.hpp"
#include "sandbox_caller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatopen::sandbox {
namespace {

using testing::StartsWith;

void wait_for_connections(const Sandbox& sandbox, std::uint64_t count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (sandbox.connections() < count && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  ASSERT_GE(sandbox.connections(), count);
}

// None of the requests is answered before all of them have arrived.
TEST(SandboxConnections, AreServedAllAtTheSameTime) {
  constexpr std::size_t crowd = 120;
  const Sandbox sandbox = Sandbox::start().value();
  std::vector<int> statuses(crowd);
  std::vector<std::thread> callers;
  for (int& status : statuses) {
    callers.emplace_back([&] { status = SandboxCaller(sandbox).ask("together=" + std::to_string(crowd)); });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(statuses, std::vector<int>(crowd, 200));
  EXPECT_EQ(sandbox.connections(), crowd);
  EXPECT_EQ(sandbox.requests(), crowd);
}

// If the second were served, it would be so while the first asks on, and be counted.
TEST(SandboxConnections, WaitWhenThereAreTooMany) {
  constexpr std::uint64_t questions = 300;
  const Sandbox sandbox = Sandbox::start({.max_connections = 1}).value();
  std::optional<SandboxCaller> first(sandbox);
  EXPECT_EQ(first->ask(), 200);
  RawConnection second(sandbox);
  second.send(raw_question(sandbox));
  second.finish_sending();
  wait_for_connections(sandbox, 2);
  for (std::uint64_t i = 1; i < questions; ++i) EXPECT_EQ(first->ask(), 200);
  EXPECT_EQ(sandbox.requests(), questions);
  first.reset();
  EXPECT_THAT(second.receive_all(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(sandbox.requests(), questions + 1);
}

// Each of these waits would last longer than a test may run, if the end of the sandbox did not end it.

TEST(SandboxEnd, DoesNotWaitForIdleConnections) {
  std::optional<Sandbox> sandbox = Sandbox::start().value();
  std::vector<std::unique_ptr<SandboxCaller>> callers;
  for (int i = 0; i < 10; ++i) {
    callers.push_back(std::make_unique<SandboxCaller>(*sandbox));
    EXPECT_EQ(callers.back()->ask(), 200);
  }
  sandbox.reset();
  EXPECT_EQ(callers.back()->ask(), 0);
}

TEST(SandboxEnd, DoesNotWaitForClientsThatStall) {
  std::optional<Sandbox> sandbox = Sandbox::start().value();
  RawConnection silent(*sandbox);
  RawConnection stalled(*sandbox);
  ASSERT_TRUE(silent.connected() && stalled.connected());
  stalled.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhal");
  wait_for_connections(*sandbox, 2);
  sandbox.reset();
  EXPECT_EQ(silent.receive_all(), "");
}

// The request that waits came in one piece with one that is answered, so the sandbox has it when the answer is here.
TEST(SandboxEnd, DoesNotWaitForDelayedReplies) {
  for (const char* directive : {"delay-ms=600000", "together=2"}) {
    std::optional<Sandbox> sandbox = Sandbox::start().value();
    RawConnection connection(*sandbox);
    connection.send(raw_question(*sandbox) +
                    raw_question(*sandbox, "X-Sandbox-Reply: " + std::string(directive) + "\r\n"));
    EXPECT_THAT(connection.receive_until("}}"), StartsWith("HTTP/1.1 200 "));
    sandbox.reset();
  }
}

TEST(SandboxEnd, ClosesConnectionsThatStillWait) {
  std::optional<Sandbox> sandbox = Sandbox::start({.max_connections = 1}).value();
  SandboxCaller served(*sandbox);
  EXPECT_EQ(served.ask(), 200);
  RawConnection waiting(*sandbox);
  wait_for_connections(*sandbox, 2);
  sandbox.reset();
  EXPECT_EQ(waiting.receive_all(), "");
}

}  // namespace
}  // namespace chatopen::sandbox
