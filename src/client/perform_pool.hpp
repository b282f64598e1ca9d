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
  PerformPool() : shared_(std::make_shared<Shared>()) {}
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

 private:
  using Job = std::function<void()>;
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    std::size_t idle = 0;
    bool stopping = false;
  };

  static constexpr std::size_t max_threads = 32;

  // False when there is no thread and none can be had.
  [[nodiscard]] bool add(Job job);
  static void work(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::vector<std::thread> threads_;
};

}  // namespace chatopen::client
