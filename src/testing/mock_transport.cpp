#include <chatopen/testing/mock_transport.hpp>

#include "testing/mock_engine.hpp"
#include "testing/mock_playback.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace chatopen::testing {
namespace {

void ring(void* woken) noexcept;

// Blocks until the token is cancelled.
class CancelWait {
 public:
  void ring() noexcept {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }
  void wait_until_cancelled(const CancelToken& cancel) {
    const CancelCallback on_cancel(cancel, &testing::ring, this);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return rung_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

void ring(void* woken) noexcept {
  static_cast<CancelWait*>(woken)->ring();
}

}  // namespace

struct MockTransport::Impl {
  explicit Impl(MockOptions options) : engine(std::make_shared<MockEngine>(options.poll_driven)) {}

  void add(MockStep step) {
    const std::lock_guard lock(mutex);
    script.push_back(std::move(step));
  }

  // The step that answers the request, whose index in the log `index` becomes.
  MockStep take(const HttpRequest& request, std::size_t& index) {
    const std::lock_guard lock(mutex);
    index = log->add(request);
    if (script.empty()) {
      return {.failure = TransportFailure::settings, .message = "the mock's script has no reply left for this request"};
    }
    MockStep step = std::move(script.front());
    script.pop_front();
    return step;
  }

  mutable std::mutex mutex;
  std::deque<MockStep> script;
  std::shared_ptr<MockLog> log = std::make_shared<MockLog>();
  std::shared_ptr<MockEngine> engine;
};

MockTransport::MockTransport(MockOptions options) : impl_(std::make_unique<Impl>(options)) {}

MockTransport::~MockTransport() {
  impl_->engine->stop();
}

void MockTransport::reply(MockReply reply) {
  impl_->add({.reply = std::move(reply)});
}

void MockTransport::reply_stream(std::vector<std::string> chunks, MockStreamEnd end) {
  reply_chunked({.headers = {{"Content-Type", "text/event-stream"}}}, std::move(chunks), end);
}

void MockTransport::reply_chunked(MockReply reply, std::vector<std::string> chunks, MockStreamEnd end) {
  impl_->add({.reply = std::move(reply), .chunks = std::move(chunks), .end = end});
}

void MockTransport::fail(TransportFailure failure) {
  impl_->add({.failure = failure, .message = "scripted failure"});
}

void MockTransport::stall() {
  impl_->add({.stalls_before_head = true});
}

std::vector<RecordedRequest> MockTransport::requests() const {
  return impl_->log->requests();
}

std::size_t MockTransport::remaining() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->script.size();
}

TransportOutcome MockTransport::perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
  if (cancel.cancelled()) {
    TransportOutcome outcome;
    outcome.failure = TransportFailure::cancelled;
    return outcome;
  }
  std::size_t index = 0;
  const MockStep step = impl_->take(request, index);
  MockPlayback playback(step, request, sink, impl_->log, index);
  const auto cancelled = [&] { return cancel.cancelled(); };
  while (true) {
    switch (playback.play(cancelled)) {
      case MockPlayback::Rest::none: return playback.outcome();
      case MockPlayback::Rest::paused: break;
      case MockPlayback::Rest::stalled: CancelWait().wait_until_cancelled(cancel); break;
    }
  }
}

std::unique_ptr<Exchange> MockTransport::start(std::shared_ptr<const HttpRequest> request,
                                               std::shared_ptr<ResponseSink> sink,
                                               std::shared_ptr<ExchangeCompletion> completion) {
  std::size_t index = 0;
  MockStep step = impl_->take(*request, index);
  return impl_->engine->start(std::move(step), std::move(request), std::move(sink), std::move(completion), impl_->log,
                              index);
}

bool MockTransport::poll_driven() const noexcept {
  return impl_->engine->poll_driven();
}

bool MockTransport::poll(std::chrono::milliseconds budget) {
  return impl_->engine->poll(budget);
}

}  // namespace chatopen::testing
