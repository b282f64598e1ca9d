#include <chatopen/testing/replay_transport.hpp>

#include "testing/cassette.hpp"
#include "testing/mock_engine.hpp"
#include "testing/mock_playback.hpp"
#include "testing/replay_script.hpp"

#include <mutex>
#include <utility>

namespace chatopen::testing {

struct ReplayTransport::Impl {
  Impl(ReplayScript replayed, bool poll_driven)
      : script(std::move(replayed)), engine(std::make_shared<MockEngine>(poll_driven)) {}

  MockStep take(const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    return script.take(request);
  }

  mutable std::mutex mutex;
  ReplayScript script;
  std::shared_ptr<MockEngine> engine;
};

Result<std::shared_ptr<ReplayTransport>> ReplayTransport::open(const std::string& cassette, ReplayOptions options) {
  const Result<std::string> text = read_file(cassette);
  if (!text) return text.error();
  Result<std::vector<CassetteRecord>> records = read_cassette(*text, cassette);
  if (!records) return records.error();
  const bool poll_driven = options.poll_driven;
  auto impl = std::make_unique<Impl>(ReplayScript(cassette, *std::move(records), std::move(options)), poll_driven);
  return std::shared_ptr<ReplayTransport>(new ReplayTransport(std::move(impl)));
}

ReplayTransport::ReplayTransport(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

ReplayTransport::~ReplayTransport() {
  impl_->engine->stop();
}

std::vector<ReplayMismatch> ReplayTransport::mismatches() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->script.mismatches();
}

std::vector<UnusedRecord> ReplayTransport::unused() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->script.unused();
}

Result<void> ReplayTransport::check() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->script.check();
}

TransportOutcome ReplayTransport::perform(const HttpRequest& request, ResponseSink& sink, const CancelToken& cancel) {
  if (cancel.cancelled()) {
    TransportOutcome outcome;
    outcome.failure = TransportFailure::cancelled;
    return outcome;
  }
  const MockStep step = impl_->take(request);
  MockPlayback playback(step, request, sink);
  // Nobody can resume it, so it goes on when it is paused.
  while (playback.play([&cancel] { return cancel.cancelled(); }) != MockPlayback::Rest::none) {
  }
  return playback.outcome();
}

std::unique_ptr<Exchange> ReplayTransport::start(std::shared_ptr<const HttpRequest> request,
                                                 std::shared_ptr<ResponseSink> sink,
                                                 std::shared_ptr<ExchangeCompletion> completion) {
  MockStep step = impl_->take(*request);
  return impl_->engine->start(std::move(step), std::move(request), std::move(sink), std::move(completion));
}

bool ReplayTransport::poll_driven() const noexcept {
  return impl_->engine->poll_driven();
}

bool ReplayTransport::poll(std::chrono::milliseconds budget) {
  return impl_->engine->poll(budget);
}

}  // namespace chatopen::testing
