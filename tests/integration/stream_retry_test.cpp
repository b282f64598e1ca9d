#include "stream_door.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::ErrorKind;
using std::chrono::seconds;
using Duration = chatopen::Clock::Duration;

constexpr const char* current_form = "%a, %d %b %Y %H:%M:%S GMT";

std::string http_date(seconds from_now, const char* form = current_form) {
  const std::time_t at = std::time(nullptr) + from_now.count();
  std::tm parts = {};
  ::gmtime_r(&at, &parts);
  std::array<char, 40> text;
  std::strftime(text.data(), text.size(), form, &parts);
  return text.data();
}

using Retries = StreamFaults;

/// Refuses a connection's first request so, and answers the others.
Script refuse_first(std::string headers) {
  return [headers = std::move(headers)](Connection& connection) {
    connection.read_request();
    connection.reply("429 Too Many Requests", "{}", headers);
    answer_hello(connection);
  };
}

TEST_P(Retries, Row42And43RetryAfterIsObeyed) {
  // Half of the first wait of its own, as the jitter of these tests has it.
  constexpr milliseconds own(250);
  struct Case {
    std::string headers;
    Duration least;
    Duration most;
  };
  const Case cases[] = {
      {"Retry-After: 0\r\n", seconds(0), seconds(0)},
      {"Retry-After: 2\r\n", seconds(2), seconds(2)},
      {"Retry-After: 120\r\n", seconds(120), seconds(120)},
      {"Retry-After: " + http_date(seconds(60)) + "\r\n", seconds(30), seconds(60)},
      {"Retry-After: " + http_date(seconds(60), "%A, %d-%b-%y %H:%M:%S GMT") + "\r\n", seconds(30), seconds(60)},
      {"Retry-After: " + http_date(seconds(60), "%a %b %e %H:%M:%S %Y") + "\r\n", seconds(30), seconds(60)},
      {"Retry-After: " + http_date(seconds(-60)) + "\r\n", seconds(0), seconds(0)},
      {"Retry-After: -1\r\n", own, own},
      {"Retry-After: soon\r\n", own, own},
      {"Retry-After: \r\n", own, own},
      {"", own, own},
      {"retry-after-ms: 1500\r\n", milliseconds(1500), milliseconds(1500)},
      {"Retry-After: 9\r\nRetry-After-Ms: 0\r\n", seconds(0), seconds(0)},
      {"Retry-After: 9\r\nretry-after-ms: soon\r\n", seconds(9), seconds(9)}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.headers);
    clock_ = std::make_shared<chatopen::testing::ManualClock>();
    RawServer server(refuse_first(each.headers));
    const Told told = tell(client_for(server));
    ASSERT_TRUE(told.reply) << told.reply.error();
    EXPECT_EQ(told.text, "hello");
    EXPECT_EQ(told.reply->attempts(), 2);
    const std::vector<Duration> sleeps = clock_->sleeps();
    ASSERT_EQ(sleeps.size(), 1U);
    EXPECT_GE(sleeps[0], each.least);
    EXPECT_LE(sleeps[0], each.most);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].body, requests[1].body);
  }
}

TEST_P(Retries, Row42And43WaitBeyondTheLimitFailsAtOnce) {
  for (const std::string& headers :
       {std::string("Retry-After: 121\r\n"), std::string("Retry-After: 1e30\r\n"),
        "Retry-After: " + http_date(std::chrono::hours(1)) + "\r\n", std::string("retry-after-ms: 120001\r\n"),
        std::string("Retry-After: 99999999999999999999\r\n")}) {
    SCOPED_TRACE(headers);
    RawServer server(refuse_first(headers));
    const Told told = tell(client_for(server));
    ASSERT_FALSE(told.reply);
    const chatopen::Error& error = told.reply.error();
    EXPECT_EQ(error.kind, ErrorKind::rate_limited);
    EXPECT_EQ(error.attempts, 1);
    EXPECT_FALSE(error.maybe_processed);
    ASSERT_TRUE(error.retry_after);
    EXPECT_GT(*error.retry_after, seconds(120));
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_TRUE(clock_->sleeps().empty());
  }
}

TEST_P(Retries, Row42And43WaitBeyondTheDeadlineFailsAtOnce) {
  RawServer server(refuse_first("Retry-After: 20\r\n"));
  const Told told = tell(client_for(server), {.timeouts = {.total = seconds(20)}});
  ASSERT_FALSE(told.reply);
  EXPECT_EQ(told.reply.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(told.reply.error().retry_after, seconds(20));
  EXPECT_EQ(told.reply.error().attempts, 1);
  EXPECT_TRUE(clock_->sleeps().empty());
}

TEST_P(Retries, Row42And43WaitIsNeitherShorterNorMuchLonger) {
  constexpr milliseconds asked(200);
  const milliseconds shortest = shortest_of_runs(asked + cancellation_slack, [&] {
    RawServer server(refuse_first("Retry-After-Ms: 200\r\n"));
    chatopen::ClientOptions options = options_for(server.base_url());
    options.clock = nullptr;
    const ChatClient client = ChatClient::create(std::move(options)).value();
    const Told told = tell(client);
    EXPECT_TRUE(told.reply) << told.reply.error();
    EXPECT_GE(told.elapsed, asked);
    return told.elapsed;
  });
  EXPECT_LE(shortest, asked + cancellation_slack);
}

/// Refuses every request.
void refuse_all(Connection& connection) {
  while (connection.read_request() && connection.reply("503 Service Unavailable", "{}")) {
  }
}

// Ten retries at once and one for every eleven calls.
constexpr std::size_t calls_to_make = 1000;
constexpr std::size_t most_requests = 1100;

TEST_P(Retries, Row44ThousandCallsAgainstAServerThatFailsAreAtMostATenthMore) {
  RawServer server(refuse_all);
  const ChatClient client = client_for(server);
  for (std::size_t call = 0; call < calls_to_make; ++call) {
    const Told told = tell(client);
    ASSERT_FALSE(told.reply);
    ASSERT_EQ(told.reply.error().http_status, 503) << told.reply.error();
  }
  const std::size_t requests = server.requests().size();
  EXPECT_LE(requests, most_requests);
  EXPECT_GE(requests, calls_to_make + 50) << "the budget allows some";
}

EVERY_DOOR(Retries);

TEST_F(FaultMatrix, Row44ThousandCallsInFlightShareTheBudget) {
  RawServer server(refuse_all);
  const ChatClient client = client_for(server, curl({.max_connections_per_host = 16}));
  std::vector<chatopen::Pending<chatopen::ChatReply>> pending;
  for (std::size_t call = 0; call < calls_to_make; ++call) {
    pending.push_back(call % 2 == 0 ? client.chat_async(question())
                                    : client.stream_async(question(), [](const chatopen::ChatDelta&) {}));
  }
  for (auto& each : pending) {
    const auto reply = std::move(each).get();
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().http_status, 503) << reply.error();
  }
  const std::size_t requests = server.requests().size();
  EXPECT_LE(requests, most_requests);
  EXPECT_GT(requests, calls_to_make);
  EXPECT_LE(server.connections(), 16U);
}

}  // namespace
}  // namespace integration
