#pragma once

#include <chatopen/cancel.hpp>
#include <chatopen/clock.hpp>
#include <chatopen/transport.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace chatopen::client {

/// The asynchronous half of transports and clocks that have only a blocking one: a few threads, started when they are
/// needed. More work waits. The destructor waits for what runs; it was cancelled before.
class PerformPool {
 public:
  PerformPool();
  PerformPool(const PerformPool&) = delete;
  PerformPool& operator=(const PerformPool&) = delete;
  ~PerformPool();

  /// As `Transport::start`, over `Transport::perform`. A sink that pauses blocks the thread until it is resumed.
  [[nodiscard]] std::shared_ptr<Exchange> start(std::shared_ptr<Transport> transport,
                                                std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion);
  /// Runs the task after a sleep of the clock's.
  void wait(std::shared_ptr<Clock> clock, Clock::Duration delay, std::shared_ptr<ClockTask> task);
  /// Ends the task's sleep and drops the task, unless it runs or has run.
  void forget(const ClockTask& task) noexcept;

  using Job = std::function<void()>;

  /// What the pool shares with its threads and its exchanges.
  class Shared : public std::enable_shared_from_this<Shared> {
   public:
    /// False when there is no thread and none can be had.
    [[nodiscard]] bool add(Job job) { return add(std::move(job), blocking_); }
    /// For what does not block, and must not wait for what does.
    [[nodiscard]] bool add_prompt(Job job) { return add(std::move(job), prompt_); }
    void add_sleep(const ClockTask& task, const CancelSource& end);
    /// Whether the task's sleep was still wanted.
    bool end_sleep(const ClockTask& task) noexcept;
    void stop();

   private:
    struct Lane {
      std::size_t max_threads;
      std::deque<Job> jobs = {};
      std::condition_variable changed = {};
      std::size_t threads = 0;
      std::size_t idle = 0;
    };
    struct Sleep {
      const ClockTask* task;
      CancelSource end;
    };

    [[nodiscard]] bool add(Job job, Lane& lane);
    void work(Lane& lane);

    std::mutex mutex_;
    Lane blocking_{32};
    Lane prompt_{1};
    std::vector<std::thread> threads_;
    // Also those that have not begun.
    std::vector<Sleep> sleeps_;
    bool stopping_ = false;
  };

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace chatopen::client
