#pragma once

#include "testing/mock_playback.hpp"

#include <chatopen/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace chatopen::testing {

class MockExchange;

/// Plays the started exchanges of one mock, on a thread of its own or within `poll`.
class MockEngine : public std::enable_shared_from_this<MockEngine> {
 public:
  explicit MockEngine(bool poll_driven) noexcept : poll_driven_(poll_driven) {}

  [[nodiscard]] std::unique_ptr<Exchange> start(MockStep step, std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion,
                                                std::shared_ptr<MockLog> log = nullptr, std::size_t index = 0);
  bool poll(std::chrono::milliseconds budget);
  /// Ends every exchange as cancelled, and the thread.
  void stop();
  [[nodiscard]] bool poll_driven() const noexcept { return poll_driven_; }

 private:
  friend class MockExchange;
  void post(std::shared_ptr<MockExchange> exchange);
  /// Plays what was posted, waiting at most until then. With the lock held, which is released meanwhile.
  void run_posted(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until);
  void run();

  bool poll_driven_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<MockExchange>> posted_;
  std::set<std::shared_ptr<MockExchange>> open_;
  std::thread thread_;
  bool polling_ = false;
  bool stopping_ = false;
};

}  // namespace chatopen::testing
