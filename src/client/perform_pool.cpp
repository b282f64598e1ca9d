#include "client/perform_pool.hpp"

#include <system_error>
#include <utility>

namespace chatopen::client {
namespace {

/// An exchange on a thread of the pool, and what stands between its transport and the caller's sink.
class PoolExchange final : public Exchange, public ResponseSink {
 public:
  explicit PoolExchange(std::shared_ptr<ResponseSink> sink) : sink_(std::move(sink)) {}

  void cancel() noexcept override {
    source_.cancel();
    wake();
  }
  void resume() noexcept override { wake(); }
  [[nodiscard]] CancelToken token() const noexcept { return source_.token(); }

  SinkAction on_head(int status, const std::vector<HttpHeader>& headers) override {
    return wait_while_paused([&] { return sink_->on_head(status, headers); });
  }
  SinkAction on_body(std::string_view bytes) override {
    return wait_while_paused([&] { return sink_->on_body(bytes); });
  }

 private:
  // `perform` cannot be resumed, so its thread waits instead.
  template <typename Receive>
  SinkAction wait_while_paused(Receive receive) {
    const unsigned before = wakes();
    const SinkAction action = receive();
    if (action != SinkAction::pause) return action;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return wakes_ != before; });
    return source_.cancelled() ? SinkAction::stop : SinkAction::proceed;
  }
  [[nodiscard]] unsigned wakes() {
    const std::lock_guard lock(mutex_);
    return wakes_;
  }
  void wake() noexcept {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    changed_.notify_all();
  }

  std::shared_ptr<ResponseSink> sink_;
  CancelSource source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned wakes_ = 0;
};

}  // namespace

PerformPool::~PerformPool() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
    shared_->changed.notify_all();
  }
  for (std::thread& thread : threads_) {
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

bool PerformPool::add(Job job) {
  const std::lock_guard lock(shared_->mutex);
  shared_->jobs.push_back(std::move(job));
  if (shared_->jobs.size() > shared_->idle && threads_.size() < max_threads) {
    try {
      threads_.emplace_back([shared = shared_] { work(shared); });
    } catch (const std::system_error&) {
      if (!threads_.empty()) return true;
      shared_->jobs.pop_back();
      return false;
    }
  }
  shared_->changed.notify_one();
  return true;
}

void PerformPool::work(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (true) {
    ++shared->idle;
    shared->changed.wait(lock, [&] { return shared->stopping || !shared->jobs.empty(); });
    --shared->idle;
    if (shared->jobs.empty()) return;
    {
      const Job job = std::move(shared->jobs.front());
      shared->jobs.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
  }
}

std::shared_ptr<Exchange> PerformPool::start(std::shared_ptr<Transport> transport,
                                             std::shared_ptr<const HttpRequest> request,
                                             std::shared_ptr<ResponseSink> sink,
                                             std::shared_ptr<ExchangeCompletion> completion) {
  auto exchange = std::make_shared<PoolExchange>(std::move(sink));
  const bool added = add([=] { completion->on_complete(transport->perform(*request, *exchange, exchange->token())); });
  if (!added) {
    completion->on_complete({.failure = TransportFailure::resource, .message = "the system refused a thread"});
  }
  return exchange;
}

void PerformPool::wait(std::shared_ptr<Clock> clock, Clock::Duration delay, std::shared_ptr<ClockTask> task) {
  const bool added = add([=] {
    clock->sleep_for(delay, CancelToken());
    task->run();
  });
  // Without a thread there is nobody to wait, so the next attempt comes at once.
  if (!added) task->run();
}

}  // namespace chatopen::client
