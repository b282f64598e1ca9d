#include "sandbox/listening_server.hpp"
#include "sandbox_caller.hpp"

#include <chatopen/sandbox/sandbox.hpp>

#include <gtest/gtest.h>

#include <charconv>
#include <csignal>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace chatopen::sandbox {
namespace {

std::uint16_t port_of(const Sandbox& sandbox) {
  const std::string url = sandbox.base_url();
  std::uint16_t port = 0;
  std::from_chars(url.data() + url.rfind(':') + 1, url.data() + url.size(), port);
  return port;
}

TEST(Sandbox, ServesOnLoopback) {
  const Sandbox sandbox = Sandbox::start().value();
  EXPECT_TRUE(sandbox.base_url().starts_with("http://127.0.0.1:"));
  SandboxCaller caller(sandbox);
  EXPECT_EQ(caller.ask(), 200);
  EXPECT_EQ(caller.body(), R"({"code":"200","msg":"ok","data":{"answer":"gpt-4o received 1 message: user: \"hi\""}})");
}

TEST(Sandbox, HasTheCredentialsThatItWasGiven) {
  const Sandbox sandbox = Sandbox::start({.credentials = {"my-id", "my-secret"}}).value();
  EXPECT_EQ(sandbox.client_options().base_url, sandbox.base_url());
  const Credentials credentials = sandbox.client_options().credentials;
  EXPECT_EQ(credentials.access_key_id.reveal(), "my-id");
  EXPECT_EQ(credentials.access_key_secret.reveal(), "my-secret");
  EXPECT_EQ(SandboxCaller(sandbox).ask(), 200);
  EXPECT_EQ(httplib::Client(sandbox.base_url()).Post(messages_path)->status, 401);
}

TEST(Sandbox, CountsConnectionsAndRequests) {
  const Sandbox sandbox = Sandbox::start().value();
  SandboxCaller first(sandbox);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(first.ask(), 200);
  EXPECT_EQ(sandbox.connections(), 1U);
  EXPECT_EQ(sandbox.requests(), 10U);
  SandboxCaller second(sandbox);
  EXPECT_EQ(second.ask("status=503"), 503);
  EXPECT_EQ(sandbox.connections(), 2U);
  EXPECT_EQ(sandbox.requests(), 11U);
}

TEST(Sandbox, RefusesAPortThatIsTaken) {
  const Sandbox first = Sandbox::start().value();
  const Result<Sandbox> second = Sandbox::start({.port = port_of(first)});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::io);
  EXPECT_EQ(second.error().message, "the sandbox cannot listen on " + first.base_url().substr(7));
}

TEST(Sandbox, RefusesOptionsOutOfRange) {
  for (const int connections : {-1, 0, 10'001}) {
    const Result<Sandbox> refused = Sandbox::start({.max_connections = connections});
    ASSERT_FALSE(refused) << connections;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(refused.error().message, "max_connections must be from 1 to 10000");
  }
  for (const Credentials& credentials : {Credentials{"", "s"}, Credentials{"i", ""}, Credentials{"i", "a b"}}) {
    const Result<Sandbox> refused = Sandbox::start({.credentials = credentials});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_argument);
  }
}

TEST(Sandbox, GoesOnServingWhenItIsMoved) {
  Sandbox started = Sandbox::start().value();
  const std::string url = started.base_url();
  SandboxCaller caller(started);
  EXPECT_EQ(caller.ask(), 200);
  Sandbox moved = std::move(started);
  EXPECT_EQ(moved.base_url(), url);
  EXPECT_EQ(caller.ask(), 200);
  EXPECT_EQ(moved.connections(), 1U);
  moved = Sandbox::start().value();
  EXPECT_EQ(caller.ask(), 0);
}

TEST(Sandbox, LeavesTheProgramsSignalsAsTheyAre) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  const Sandbox sandbox = Sandbox::start().value();
  struct sigaction after = {};
  sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
  std::signal(SIGPIPE, before);
}

// As often as it takes for one to save what another has set, and without the rest of a sandbox, which keeps them apart.
TEST(Sandbox, LeavesTheProgramsSignalsAsTheyAreOnManyThreads) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  std::latch all_here(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&all_here] {
      all_here.arrive_and_wait();
      for (int round = 0; round < 50'000; ++round) EXPECT_NE(ListeningServer::create(), nullptr);
    });
  }
  for (std::thread& thread : threads) thread.join();
  struct sigaction after = {};
  sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
  std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace chatopen::sandbox
