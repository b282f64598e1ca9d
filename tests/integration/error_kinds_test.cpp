#include "fault_matrix.hpp"
#include "temporary_file.hpp"

#include <sstream>

namespace integration {
namespace {

using chatopen::ChatClient;
using chatopen::Error;
using chatopen::ErrorKind;
using chatopen::RetryPolicy;
using ::testing::HasSubstr;

constexpr std::string_view png = "\x89PNG\r\n\x1a\n and what else a picture has";

/// Walks the enumeration: every kind is produced by a real socket or a real file.
class ErrorKinds : public FaultMatrix, public ::testing::WithParamInterface<int> {
 protected:
  [[nodiscard]] Error answered(const std::string& status, std::string_view body,
                               const std::string& headers = {}) const {
    RawServer server([&](Connection& connection) {
      connection.read_request();
      connection.reply(status, body, headers);
    });
    return failure(client_for(server), {.retry = RetryPolicy::none()});
  }

  [[nodiscard]] Error met(const Script& script) const {
    RawServer server(script);
    return failure(client_for(server), {.retry = RetryPolicy::none()});
  }

  [[nodiscard]] Error called(const std::string& base_url, chatopen::CurlOptions curl_options = {}) const {
    chatopen::ClientOptions options = options_for(base_url);
    options.transport = curl(std::move(curl_options));
    return failure(ChatClient::create(std::move(options)).value(), {.retry = RetryPolicy::none()});
  }

  [[nodiscard]] Error produce(ErrorKind kind) const;
};

Error unreadable_picture(const ChatClient& client) {
  chatopen::ChatRequest request = question();
  {
    const TemporaryFile picture("a.png", png);
    request.messages.push_back(chatopen::Message::user({chatopen::image_file(picture.path()).value()}));
  }
  return client.chat(request).error();
}

Error readable_configuration() {
  const TemporaryFile file("config.json", R"({"profiles":{"default":{"access_key_secret":"s"}}})",
                           std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  return chatopen::ClientOptions::from_file(file.path()).error();
}

// No default: a new kind does not compile until it has a producer.
Error ErrorKinds::produce(ErrorKind kind) const {
  switch (kind) {
    case ErrorKind::invalid_argument: {
      RawServer server(answer_hello);
      return failure(client_for(server), {.headers = {{"X-A", "b\r\nX-B: c"}}});
    }
    case ErrorKind::configuration: return readable_configuration();
    case ErrorKind::io: {
      RawServer server(answer_hello);
      return unreadable_picture(client_for(server));
    }
    // A label of 64 characters cannot be asked of any name server, so that the answer does not depend on one.
    case ErrorKind::resolve: return called("https://" + std::string(64, 'a') + ".invalid");
    case ErrorKind::connect: return called("http://" + DeadPort().authority());
    case ErrorKind::tls: {
      const TlsContext tls(self_signed());
      RawServer server(answer_hello, &tls);
      return called("https://" + server.authority());
    }
    case ErrorKind::proxy: {
      RawServer proxy([](Connection& connection) {
        connection.read_request();
        connection.reply("407 Proxy Authentication Required", "", "Proxy-Authenticate: Basic realm=\"p\"\r\n");
      });
      return called("https://gateway.test", {.proxy = proxy.base_url()});
    }
    case ErrorKind::connection:
      return met([](Connection& connection) {
        connection.read_request();
        connection.reset();
      });
    case ErrorKind::timeout: {
      RawServer server([](Connection& connection) { connection.stall(); });
      return failure(client_for(server), {.timeouts = {.total = milliseconds(20)}});
    }
    case ErrorKind::truncated:
      return met([](Connection& connection) {
        connection.read_request();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
      });
    case ErrorKind::cancelled: {
      RawServer server(answer_hello);
      chatopen::CancelSource source;
      source.cancel();
      return failure(client_for(server), {.cancel = source.token()});
    }
    case ErrorKind::redirect_refused: return answered("302 Found", "", "Location: https://elsewhere.example/\r\n");
    case ErrorKind::protocol: return answered("200 OK", "<html>");
    case ErrorKind::too_large: return answered("200 OK", hello, "X: " + std::string(100'000, 'x') + "\r\n");
    case ErrorKind::authentication: return answered("401 Unauthorized", "{}");
    case ErrorKind::permission_denied: return answered("403 Forbidden", "{}");
    case ErrorKind::not_found: return answered("404 Not Found", "{}");
    case ErrorKind::rate_limited: return answered("429 Too Many Requests", "{}");
    case ErrorKind::invalid_request: return answered("400 Bad Request", "{}");
    case ErrorKind::server_error: return answered("500 Internal Server Error", "{}");
    case ErrorKind::api: return answered("200 OK", R"({"code":"1001","msg":"no"})");
  }
  return {};
}

TEST_P(ErrorKinds, IsProducedAndSaysWhatHappened) {
  const auto kind = static_cast<ErrorKind>(GetParam());
  const Error error = produce(kind);
  EXPECT_EQ(error.kind, kind) << error;
  EXPECT_FALSE(error.message.empty());
  std::ostringstream printed;
  printed << error;
  EXPECT_THAT(printed.str(), ::testing::StartsWith(std::string(chatopen::to_string(kind))));
  EXPECT_THAT(printed.str(), HasSubstr(error.message));
  expect_no_secret(error);
}

INSTANTIATE_TEST_SUITE_P(Kind, ErrorKinds, ::testing::Range(0, static_cast<int>(ErrorKind::api) + 1),
                         [](const auto& each) {
                           return std::string(chatopen::to_string(static_cast<ErrorKind>(each.param)));
                         });

TEST_F(FaultMatrix, TimeoutsSayWhichDeadlinePassed) {
  RawServer silent([](Connection& connection) { connection.stall(); });
  RawServer stalling([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    connection.stall();
  });
  constexpr milliseconds short_limit(30);
  const BlackHole hole;
  const ChatClient unreachable = ChatClient::create(options_for("http://" + hole.authority())).value();
  const auto message = [](const ChatClient& client, const chatopen::Timeouts& timeouts) {
    const Error error = failure(client, {.timeouts = timeouts, .retry = RetryPolicy::none()});
    EXPECT_EQ(error.kind, ErrorKind::timeout);
    return error.message;
  };
  EXPECT_THAT(message(unreachable, {.connect = short_limit}), HasSubstr("connect"));
  EXPECT_THAT(message(client_for(silent), {.first_byte = short_limit}), HasSubstr("first"));
  EXPECT_THAT(message(client_for(stalling), {.idle = short_limit}), HasSubstr("idle"));
  EXPECT_THAT(message(client_for(stalling), {.total = short_limit}), HasSubstr("total"));
}

TEST_F(FaultMatrix, ZeroMeansNoLimit) {
  RawServer server(answer_hello);
  constexpr milliseconds none(0);
  const auto reply = client_for(server).chat(
      question(), {.timeouts = {.connect = none, .first_byte = none, .idle = none, .total = none}});
  EXPECT_TRUE(reply) << reply.error();
}

}  // namespace
}  // namespace integration
