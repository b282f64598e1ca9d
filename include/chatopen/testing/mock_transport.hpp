#pragma once

/// @file
/// `MockTransport`: scripted replies for testing an application without a network. Link `chatopen::testing`.

#include <chatopen/testing/export.hpp>
#include <chatopen/testing/recorded_request.hpp>
#include <chatopen/transport.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chatopen::testing {

/// One scripted reply.
struct MockReply {
  /// The HTTP status.
  int status = 200;
  /// The reply's header lines.
  std::vector<HttpHeader> headers = {};
  /// The reply's body.
  std::string body = {};
};

/// How the end of a scripted stream looks.
enum class MockStreamEnd : std::uint8_t {
  complete,           ///< The body's end is proven.
  connection_closed,  ///< The connection closes, which proves nothing.
  reset,              ///< The connection breaks: `TransportFailure::truncated`.
  stall,              ///< Nothing more comes until a deadline or a cancellation.
};

/// How a mock behaves.
struct MockOptions {
  /// As `CurlOptions::poll_driven`: asynchronous calls go on only within `ChatClient::poll` and calls that wait.
  bool poll_driven = false;
};

/// Answers each exchange with the next step of a script, in order; an exchange beyond its end fails as
/// `TransportFailure::settings` with a message that says so. Retries are exchanges, too: a client that retries takes a
/// second step after one such as `fail(TransportFailure::connect)` or a status 429. Safe to use from many threads at
/// once.
///
/// @code
/// auto mock = std::make_shared<chatopen::testing::MockTransport>();
/// mock->reply({.status = 200, .body = R"({"code":"200","msg":"ok","data":{"answer":"hi"}})"});
/// auto client = chatopen::ChatClient::create({.base_url = "https://x.example",
///                                             .credentials = {"id", "secret"},
///                                             .transport = mock,
///                                             .retry = chatopen::RetryPolicy::none()});
/// @endcode
class CHATOPEN_TESTING_EXPORT MockTransport final : public Transport {
 public:
  /// With an empty script.
  explicit MockTransport(MockOptions options = {});
  ~MockTransport() override;
  MockTransport(const MockTransport&) = delete;
  MockTransport& operator=(const MockTransport&) = delete;

  /// A reply whose body comes in one piece.
  void reply(MockReply reply);
  /// A `text/event-stream` reply whose body comes in these pieces.
  void reply_stream(std::vector<std::string> chunks, MockStreamEnd end = MockStreamEnd::complete);
  /// Any reply in any split; `reply.body` is delivered before the chunks.
  void reply_chunked(MockReply reply, std::vector<std::string> chunks, MockStreamEnd end = MockStreamEnd::complete);
  /// No reply: the exchange fails. Request bytes count as written unless the failure comes before that.
  void fail(TransportFailure failure);
  /// No reply: nothing comes until a deadline or a cancellation. The deadline passes at once, without waiting.
  void stall();

  /// What was sent so far. Not `[[nodiscard]]`: nothing is lost with it, and examples show it as a statement.
  std::vector<RecordedRequest> requests() const;
  /// Steps of the script that no exchange has used yet.
  [[nodiscard]] std::size_t remaining() const;

  [[nodiscard]] TransportOutcome perform(const HttpRequest& request, ResponseSink& sink,
                                         const CancelToken& cancel) override;
  /// Plays the script on a thread that all exchanges of this mock share.
  [[nodiscard]] std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion) override;
  [[nodiscard]] bool poll_driven() const noexcept override;
  bool poll(std::chrono::milliseconds budget) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen::testing
