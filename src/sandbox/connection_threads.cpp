#include "sandbox/connection_threads.hpp"

#include <system_error>

namespace chatopen::sandbox {

ConnectionThreads::ConnectionThreads(std::size_t max_threads, std::atomic<std::uint64_t>& accepted)
    : max_threads_(max_threads), accepted_(accepted) {
  // With one thread from the beginning, a system that has no more to give only makes connections wait.
  threads_.emplace_back([this] { run(); });
}

ConnectionThreads::~ConnectionThreads() {
  ConnectionThreads::shutdown();
}

ConnectionThreads::Enqueued ConnectionThreads::enqueue(std::function<void()> connection) {
  accepted_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(connection));
  if (waiting_.size() > idle_threads_ && threads_.size() < max_threads_) {
    try {
      threads_.emplace_back([this] { run(); });
    } catch (const std::system_error&) {
      max_threads_ = threads_.size();
    }
  }
  changed_.notify_one();
  return static_cast<Enqueued>(true);
}

void ConnectionThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    shutting_down_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ConnectionThreads::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_threads_;
    changed_.wait(lock, [this] { return shutting_down_ || !waiting_.empty(); });
    --idle_threads_;
    // Also those that still wait are run at the end, because only that closes their sockets.
    if (waiting_.empty()) return;
    const std::function<void()> connection = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    connection();
    lock.lock();
  }
}

}  // namespace chatopen::sandbox
