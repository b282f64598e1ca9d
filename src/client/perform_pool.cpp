#include "client/perform_pool.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>
#include <utility>

namespace chatopen::client {
namespace {

/// An exchange on a thread of the pool, and what stands between its transport and the caller's sink.
class PoolExchange final : public Exchange, public ResponseSink, public std::enable_shared_from_this<PoolExchange> {
 public:
  PoolExchange(std::weak_ptr<PerformPool::Shared> pool, std::shared_ptr<ResponseSink> sink,
               std::shared_ptr<ExchangeCompletion> completion)
      : pool_(std::move(pool)), sink_(std::move(sink)), completion_(std::move(completion)) {}

  void run(Transport& transport, const HttpRequest& request) {
    if (has_begun_.exchange(true)) return;
    TransportOutcome outcome = transport.perform(request, *this, source_.token());
    std::exchange(completion_, nullptr)->on_complete(std::move(outcome));
  }
  void fail(TransportFailure failure, std::string message) {
    if (has_begun_.exchange(true)) return;
    std::exchange(completion_, nullptr)->on_complete({.failure = failure, .message = std::move(message)});
  }

  void cancel() noexcept override {
    source_.cancel();
    wake();
    // One that waits for a thread would wait as long as those that run.
    const auto pool = pool_.lock();
    if (has_begun_ || pool == nullptr) return;
    static_cast<void>(pool->add_prompt([self = shared_from_this()] { self->fail(TransportFailure::cancelled, {}); }));
  }
  void resume() noexcept override { wake(); }

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
    changed_.wait(lock, [&] { return wakes_ != before || source_.cancelled(); });
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

  std::weak_ptr<PerformPool::Shared> pool_;
  std::shared_ptr<ResponseSink> sink_;
  std::shared_ptr<ExchangeCompletion> completion_;
  std::atomic<bool> has_begun_ = false;
  CancelSource source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned wakes_ = 0;
};

}  // namespace

bool PerformPool::Shared::add(Job job, Lane& lane) {
  const std::lock_guard lock(mutex_);
  lane.jobs.push_back(std::move(job));
  if (lane.jobs.size() > lane.idle && lane.threads < lane.max_threads && !stopping_) {
    try {
      threads_.emplace_back([self = shared_from_this(), &lane] { self->work(lane); });
      ++lane.threads;
    } catch (const std::system_error&) {
      // Some thread comes to it.
    }
  }
  if (lane.threads == 0) {
    lane.jobs.pop_back();
    return false;
  }
  lane.changed.notify_one();
  return true;
}

void PerformPool::Shared::work(Lane& lane) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++lane.idle;
    lane.changed.wait(lock, [&] { return stopping_ || !lane.jobs.empty(); });
    --lane.idle;
    if (lane.jobs.empty()) return;
    {
      const Job job = std::move(lane.jobs.front());
      lane.jobs.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
  }
}

void PerformPool::Shared::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    blocking_.changed.notify_all();
    prompt_.changed.notify_all();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) {
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
}

void PerformPool::Shared::add_sleep(const ClockTask& task, const CancelSource& end) {
  const std::lock_guard lock(mutex_);
  sleeps_.push_back({&task, end});
}

bool PerformPool::Shared::end_sleep(const ClockTask& task) noexcept {
  std::optional<CancelSource> end;
  {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(sleeps_.begin(), sleeps_.end(), [&task](const Sleep& sleep) { return sleep.task == &task; });
    if (found == sleeps_.end()) return false;
    end = std::move(found->end);
    sleeps_.erase(found);
  }
  end->cancel();
  return true;
}

PerformPool::PerformPool() : shared_(std::make_shared<Shared>()) {}

PerformPool::~PerformPool() {
  shared_->stop();
}

std::shared_ptr<Exchange> PerformPool::start(std::shared_ptr<Transport> transport,
                                             std::shared_ptr<const HttpRequest> request,
                                             std::shared_ptr<ResponseSink> sink,
                                             std::shared_ptr<ExchangeCompletion> completion) {
  auto exchange = std::make_shared<PoolExchange>(shared_, std::move(sink), std::move(completion));
  if (!shared_->add([=] { exchange->run(*transport, *request); })) {
    exchange->fail(TransportFailure::resource, "the system refused a thread");
  }
  return exchange;
}

void PerformPool::wait(std::shared_ptr<Clock> clock, Clock::Duration delay, std::shared_ptr<ClockTask> task) {
  const CancelSource end;
  shared_->add_sleep(*task, end);
  PerformPool::Job job = [clock = std::move(clock), delay, task, token = end.token(), shared = shared_] {
    if (delay.count() > 0 && !clock->sleep_for(delay, token)) return;
    if (shared->end_sleep(*task)) task->run();
  };
  const bool added = delay.count() > 0 ? shared_->add(std::move(job)) : shared_->add_prompt(std::move(job));
  // Without a thread there is nobody to wait, so the next attempt comes at once.
  if (!added && shared_->end_sleep(*task)) task->run();
}

void PerformPool::forget(const ClockTask& task) noexcept {
  shared_->end_sleep(task);
}

}  // namespace chatopen::client
