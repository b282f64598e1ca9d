#include "testing/mock_engine.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace chatopen::testing {

/// An exchange on its way. Its playback is touched only by whoever runs the engine.
class MockExchange final : public std::enable_shared_from_this<MockExchange> {
 public:
  MockExchange(std::weak_ptr<MockEngine> engine, MockStep step, std::shared_ptr<const HttpRequest> request,
               std::shared_ptr<ResponseSink> sink, std::shared_ptr<ExchangeCompletion> completion,
               std::shared_ptr<MockLog> log, std::size_t index)
      : engine_(std::move(engine)),
        step_(std::move(step)),
        request_(std::move(request)),
        sink_(std::move(sink)),
        completion_(std::move(completion)),
        playback_(step_, *request_, *sink_, std::move(log), index) {}

  void cancel() noexcept {
    cancelled_ = true;
    post();
  }
  void post() noexcept {
    if (const auto engine = engine_.lock()) engine->post(shared_from_this());
  }

  /// Whether it has ended.
  bool play() {
    if (completion_ == nullptr) return true;
    if (playback_.play([this] { return cancelled_.load(); }) != MockPlayback::Rest::none) return false;
    const auto completion = std::exchange(completion_, nullptr);
    completion->on_complete(playback_.outcome());
    return true;
  }

 private:
  std::weak_ptr<MockEngine> engine_;
  MockStep step_;
  std::shared_ptr<const HttpRequest> request_;
  std::shared_ptr<ResponseSink> sink_;
  std::shared_ptr<ExchangeCompletion> completion_;
  MockPlayback playback_;
  std::atomic<bool> cancelled_ = false;
};

namespace {

class Handle final : public Exchange {
 public:
  explicit Handle(std::shared_ptr<MockExchange> exchange) noexcept : exchange_(std::move(exchange)) {}
  void cancel() noexcept override { exchange_->cancel(); }
  void resume() noexcept override { exchange_->post(); }

 private:
  std::shared_ptr<MockExchange> exchange_;
};

}  // namespace

std::unique_ptr<Exchange> MockEngine::start(MockStep step, std::shared_ptr<const HttpRequest> request,
                                            std::shared_ptr<ResponseSink> sink,
                                            std::shared_ptr<ExchangeCompletion> completion,
                                            std::shared_ptr<MockLog> log, std::size_t index) {
  auto exchange = std::make_shared<MockExchange>(weak_from_this(), std::move(step), std::move(request), std::move(sink),
                                                 std::move(completion), std::move(log), index);
  {
    const std::lock_guard lock(mutex_);
    open_.insert(exchange);
    if (!poll_driven_ && !thread_.joinable()) thread_ = std::thread([self = shared_from_this()] { self->run(); });
  }
  post(exchange);
  return std::make_unique<Handle>(std::move(exchange));
}

void MockEngine::post(std::shared_ptr<MockExchange> exchange) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(exchange));
  changed_.notify_all();
}

void MockEngine::run_posted(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until) {
  const auto is_due = [this] { return stopping_ || !posted_.empty(); };
  if (until == std::chrono::steady_clock::time_point::max()) {
    changed_.wait(lock, is_due);
  } else {
    changed_.wait_until(lock, until, is_due);
  }
  while (!posted_.empty()) {
    std::shared_ptr<MockExchange> exchange = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    const bool ended = exchange->play();
    lock.lock();
    if (ended) open_.erase(exchange);
    lock.unlock();
    exchange.reset();
    lock.lock();
  }
}

void MockEngine::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !posted_.empty()) run_posted(lock, std::chrono::steady_clock::time_point::max());
}

bool MockEngine::poll(std::chrono::milliseconds budget) {
  std::unique_lock lock(mutex_);
  if (!poll_driven_ || polling_) return false;
  polling_ = true;
  // Not so far in the future that the clock overflows.
  constexpr std::chrono::milliseconds longest(std::chrono::hours(24 * 365));
  run_posted(lock, std::chrono::steady_clock::now() + std::clamp(budget, std::chrono::milliseconds(0), longest));
  polling_ = false;
  return true;
}

void MockEngine::stop() {
  std::thread thread;
  std::set<std::shared_ptr<MockExchange>> open;
  {
    const std::lock_guard lock(mutex_);
    open = open_;
    thread = std::move(thread_);
  }
  for (const auto& exchange : open) exchange->cancel();
  if (poll_driven_) poll(std::chrono::milliseconds(0));
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (!thread.joinable()) return;
  if (thread.get_id() == std::this_thread::get_id()) {
    thread.detach();
  } else {
    thread.join();
  }
}

}  // namespace chatopen::testing
