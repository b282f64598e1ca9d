#include "fault_matrix.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <barrier>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;

TEST_F(FaultMatrix, ThousandSequentialCallsOpenOneConnection) {
  RawServer server(answer_hello);
  const ChatClient client = client_for(server);
  for (int call = 0; call < 1000; ++call) {
    const auto reply = client.chat(question());
    ASSERT_TRUE(reply) << reply.error();
  }
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.requests().size(), 1000U);
}

TEST_F(FaultMatrix, OneTransportKeepsAConnectionToEachOfItsServers) {
  RawServer one(answer_hello);
  RawServer other(answer_hello);
  const std::shared_ptr<chatopen::Transport> shared = curl({});
  const ChatClient first = client_for(one, shared);
  const ChatClient second = client_for(other, shared);
  for (int call = 0; call < 10; ++call) {
    EXPECT_TRUE(first.chat(question()));
    EXPECT_TRUE(second.chat(question()));
  }
  EXPECT_EQ(one.connections(), 1U);
  EXPECT_EQ(other.connections(), 1U);
}

TEST_F(FaultMatrix, StreamsAndOtherCallsTakeTurnsOnOneConnection) {
  const std::string text(200'000, 'a');
  RawServer server([&](Connection& connection) {
    while (connection.read_request()) {
      if (!connection.reply("200 OK", R"({"code":"200","data":{"answer":")" + text + R"("}})")) return;
    }
  });
  const ChatClient client = client_for(server);
  for (int turn = 0; turn < 4; ++turn) {
    std::string streamed;
    const auto stream =
        client.stream_async(question(), [&](const chatopen::ChatDelta& delta) { streamed += delta.text; }).get();
    ASSERT_TRUE(stream) << stream.error();
    EXPECT_EQ(streamed, text);
    const auto reply = client.chat_async(question()).get();
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->text(), text);
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FaultMatrix, NewServersPushTheLongestIdleConnectionsOut) {
  RawServer one(answer_hello);
  RawServer other(answer_hello);
  chatopen::CurlOptions options;
  options.max_idle_connections = 1;
  const std::shared_ptr<chatopen::Transport> shared = curl(options);
  EXPECT_TRUE(client_for(one, shared).chat(question()));
  const ChatClient second = client_for(other, shared);
  EXPECT_TRUE(second.chat(question()));
  EXPECT_TRUE(second.chat(question()));
  EXPECT_EQ(other.connections(), 1U);
  EXPECT_TRUE(one.wait_for_closed_connections());
}

TEST_F(FaultMatrix, ConnectionIsKeptAfterAnErrorStatus) {
  RawServer server([](Connection& connection) {
    connection.read_request();
    connection.reply("400 Bad Request", "{}");
    answer_hello(connection);
  });
  const ChatClient client = client_for(server);
  EXPECT_EQ(failure(client).kind, ErrorKind::invalid_request);
  EXPECT_TRUE(client.chat(question()));
  EXPECT_EQ(server.connections(), 1U);
}

class FaultMatrixKeepAlive : public FaultMatrix {
 protected:
  /// A second call on a kept connection, which breaks: reported, and no byte of it goes out on another connection.
  static void expect_one_copy(const RawServer& server, std::optional<ChatClient> client) {
    ASSERT_TRUE(client->chat(question()));
    const Error error = failure(*client);
    EXPECT_EQ(error.kind, ErrorKind::connection) << error;
    EXPECT_EQ(error.attempts, 1);
    EXPECT_TRUE(error.maybe_processed);
    client.reset();
    ASSERT_TRUE(server.wait_for_ended_scripts());
    EXPECT_TRUE(server.wait_until([](const auto& connections) {
      return std::all_of(connections.begin() + 1, connections.end(),
                         [](const auto& each) { return each->received.empty(); });
    })) << server.received();
  }
};

TEST_F(FaultMatrixKeepAlive, Row14ClosedAsTheRequestIsSentSendsOneCopy) {
  for (const bool reset : {false, true}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.reply("200 OK", hello);
      connection.read_request();
      if (reset) connection.reset();
    });
    expect_one_copy(server, client_for(server));
    EXPECT_EQ(server.requests().size(), 2U);
  }
}

TEST_F(FaultMatrixKeepAlive, Row14ClosedInTheRequestsHeadSendsOneCopy) {
  for (const bool reset : {false, true}) {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.reply("200 OK", hello);
      connection.read_bytes(20);
      if (reset) connection.reset();
    });
    expect_one_copy(server, client_for(server));
  }
}

TEST_F(FaultMatrixKeepAlive, Row14ClosedUnderTlsAsTheRequestIsSentSendsOneCopy) {
  const CertificateAuthority authority;
  const TlsContext tls(authority.issue());
  for (const bool reset : {false, true}) {
    RawServer server(
        [&](Connection& connection) {
          connection.read_request();
          connection.reply("200 OK", hello);
          connection.read_request();
          if (reset) connection.reset();
        },
        &tls);
    expect_one_copy(server, client_for(server, authority));
    EXPECT_EQ(server.requests().size(), 2U);
  }
}

// Holds the replies of the first round until all six calls are there, so that each has a connection of its own.
TEST_F(FaultMatrix, Row15SixDeadPooledConnectionsArePruned) {
  constexpr std::size_t calls = 6;
  for (const bool reset : {false, true}) {
    std::barrier<> all_here(calls);
    RawServer server([&](Connection& connection) {
      if (!connection.read_request()) return;
      if (connection.index() < calls) {
        all_here.arrive_and_wait();
        connection.reply("200 OK", hello);
        if (reset) connection.reset();
      } else {
        connection.reply("200 OK", hello);
        answer_hello(connection);
      }
    });
    const ChatClient client = client_for(server);
    std::vector<std::thread> callers;
    for (std::size_t i = 0; i < calls; ++i) {
      // The reply and the end of the connection may race when it is reset.
      callers.emplace_back([&] { static_cast<void>(client.chat(question())); });
    }
    for (std::thread& caller : callers) caller.join();
    ASSERT_TRUE(server.wait_for_ended_scripts());
    ASSERT_EQ(server.connections(), calls);

    const auto reply = client.chat(question());
    ASSERT_TRUE(reply) << reply.error();
    EXPECT_EQ(reply->attempts(), 1);
    EXPECT_EQ(server.connections(), calls + 1);
    EXPECT_EQ(server.requests().size(), calls + 1);
  }
}

TEST_F(FaultMatrix, ManyThreadsShareOneClient) {
  RawServer server([](Connection& connection) {
    while (connection.read_request()) {
      const auto body = nlohmann::json::parse(connection.request().body);
      const std::string answer = body["messages"][0]["content"].get<std::string>();
      if (!connection.reply("200 OK", R"({"code":"200","msg":"ok","data":{"answer":")" + answer + "\"}}")) return;
    }
  });
  const ChatClient client = client_for(server);
  constexpr std::size_t threads = 8;
  std::vector<std::thread> callers;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    callers.emplace_back([&, thread, own = client] {
      for (int call = 0; call < 100; ++call) {
        const std::string asked = std::to_string(thread) + "-" + std::to_string(call);
        const auto reply =
            own.chat({.endpoint = chatopen::endpoints::gpt_4o(), .messages = {chatopen::Message::user(asked)}});
        ASSERT_TRUE(reply) << reply.error();
        ASSERT_EQ(reply->text(), asked);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_LE(server.connections(), threads);
  EXPECT_EQ(server.requests().size(), threads * 100);
}

TEST_F(FaultMatrix, ConnectionsCloseWithTheLastCopyOfTheClient) {
  RawServer server(answer_hello);
  {
    const ChatClient client = client_for(server);
    ASSERT_TRUE(client.chat(question()));
    { const ChatClient copy = client; }
    ASSERT_TRUE(client.chat(question()));
    EXPECT_EQ(server.connections(), 1U);
  }
  EXPECT_TRUE(server.wait_for_closed_connections());
}

}  // namespace
}  // namespace integration
