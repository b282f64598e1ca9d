#include "../allocation_failure.hpp"

#include <chatopen/chatopen.hpp>
#include <chatopen/transport.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen {
namespace {

/// Starts nothing: the test plays the exchange itself, so that it decides when memory is short.
class HeldExchange final : public Transport {
 public:
  TransportOutcome perform(const HttpRequest&, ResponseSink&, const CancelToken&) override { return {}; }
  std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest>, std::shared_ptr<ResponseSink> sink,
                                  std::shared_ptr<ExchangeCompletion> completion) override {
    class Handle final : public Exchange {
      void cancel() noexcept override {}
      void resume() noexcept override {}
    };
    sink_ = std::move(sink);
    completion_ = std::move(completion);
    return std::make_unique<Handle>();
  }

  /// Whether there is one to play.
  [[nodiscard]] bool holds() const noexcept { return completion_ != nullptr; }
  /// Whether the nth allocation within the client took place, and failed.
  bool play(int nth, const std::vector<HttpHeader>& headers, const std::vector<std::string>& body) {
    TransportOutcome outcome{.request_bytes_written = true, .body_end = BodyEnd::proven};
    const AllocationFailure failure(nth);
    SinkAction action = sink_->on_head(200, headers);
    for (const std::string& piece : body) {
      if (action == SinkAction::proceed) action = sink_->on_body(piece);
    }
    outcome.stopped = action != SinkAction::proceed;
    if (outcome.stopped) outcome.body_end = BodyEnd::none;
    sink_.reset();
    std::exchange(completion_, nullptr)->on_complete(std::move(outcome));
    return failure.happened();
  }

 private:
  std::shared_ptr<ResponseSink> sink_;
  std::shared_ptr<ExchangeCompletion> completion_;
};

const std::string piece = "a piece of text that is not short ";

std::vector<std::string> event_stream() {
  std::vector<std::string> body;
  std::string whole;
  for (int i = 0; i < 20; ++i) whole += R"(data:{"code":"200","data":{"answer":")" + piece + "\"}}\n\n";
  whole += "data:[DONE]\n\n";
  // So that events lie across the bounds of what comes at once.
  constexpr std::size_t size = 100;
  for (std::size_t at = 0; at < whole.size(); at += size) body.push_back(whole.substr(at, size));
  return body;
}

std::string whole_text() {
  std::string text;
  for (int i = 0; i < 20; ++i) text += piece;
  return text;
}

Outcome outcome_of_reply(const Result<ChatReply>& reply) {
  if (!reply) return reply.error().kind == ErrorKind::io ? Outcome::failed : Outcome::wrong;
  return reply->text() == whole_text() ? Outcome::right : Outcome::wrong;
}

using Headers = std::vector<HttpHeader>;
const Headers stream_headers = {{"content-type", "text/event-stream"}};

/// Makes a call, lets the nth allocation fail, and sets whether there were so many.
using Play = std::function<Outcome(const ChatClient&, HeldExchange&, int nth, bool& happened)>;

void expect_call_survives(const Play& play) {
  const auto transport = std::make_shared<HeldExchange>();
  const ChatClient client = ChatClient::create({.base_url = "https://gateway.example",
                                                .credentials = {.access_key_id = "id", .access_key_secret = "secret"},
                                                .transport = transport})
                                .value();
  bool happened = true;
  const auto outcome_of_call = [&](int nth) {
    auto work = [&] { return play(client, *transport, nth, happened); };
    return outcome_of(work);
  };
  ASSERT_EQ(outcome_of_call(0), Outcome::right);
  happened = true;
  for (int nth = 1; happened; ++nth) {
    const std::ptrdiff_t before = live_allocations();
    ASSERT_NE(outcome_of_call(nth), Outcome::wrong) << "when allocation " << nth << " fails";
    const bool once_more = happened;
    ASSERT_EQ(outcome_of_call(0), Outcome::right) << "after allocation " << nth << " had failed";
    happened = once_more;
    ASSERT_EQ(live_allocations(), before) << "when allocation " << nth << " fails";
    ASSERT_LT(nth, 10'000);
  }
}

const ChatRequest question{.endpoint = endpoints::gpt_4o_multimodal(), .messages = {Message::user("Hello?")}};

TEST(AllocationFailures, Row67EndsAnAsynchronousCallAndNothingElse) {
  const std::vector<std::string> body = {R"({"code":"200","data":{"answer":")" + whole_text(), "\"}}"};
  expect_call_survives([&](const ChatClient& client, HeldExchange& exchange, int nth, bool& happened) {
    auto pending = client.chat_async(question);
    happened = exchange.play(nth, {}, body);
    return outcome_of_reply(std::move(pending).get());
  });
}

TEST(AllocationFailures, Row67EndsAnAsynchronousStreamAndNothingElse) {
  const std::vector<std::string> body = event_stream();
  expect_call_survives([&](const ChatClient& client, HeldExchange& exchange, int nth, bool& happened) {
    auto pending = client.stream_async(question, [](const ChatDelta&) {});
    happened = exchange.play(nth, stream_headers, body);
    return outcome_of_reply(std::move(pending).get());
  });
}

TEST(AllocationFailures, Row67EndsAPulledStreamAndNothingElse) {
  const std::vector<std::string> body = event_stream();
  expect_call_survives([&](const ChatClient& client, HeldExchange& exchange, int nth, bool& happened) {
    ChatStream stream = client.stream(question);
    happened = exchange.play(nth, stream_headers, body);
    return outcome_of_reply(stream.finish());
  });
}

TEST(AllocationFailures, Row67EndsSeveralPicturesAndNothingElse) {
  const ImageRequest order{.endpoint = endpoints::gpt_image_1(), .prompt = "a cat that is not short of a name"};
  const std::vector<std::string> body = {R"({"code":"200","data":{"imageList":[{"url":"https://cdn.example/cat"}]}})"};
  expect_call_survives([&](const ChatClient& client, HeldExchange& exchange, int nth, bool& happened) {
    std::size_t told = 0;
    auto pending =
        client.generate_images_async({order, order}, [&](const ImageProgress&) { ++told; }, {.max_concurrent = 1});
    // The second is placed while the first ends.
    happened = exchange.play(nth, {}, body);
    if (exchange.holds()) static_cast<void>(exchange.play(0, {}, body));
    if (!pending.ready()) return Outcome::wrong;
    for (const auto& made : std::move(pending).get().value()) {
      if (!made) return made.error().kind == ErrorKind::io ? Outcome::failed : Outcome::wrong;
      if (made->images[0].url != "https://cdn.example/cat") return Outcome::wrong;
    }
    return told == 2 ? Outcome::right : Outcome::wrong;
  });
}

}  // namespace
}  // namespace chatopen
