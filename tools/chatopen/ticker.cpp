#include "ticker.hpp"

#include <chrono>

namespace chatopen::program {

Ticker::Ticker(Output& output, Unit unit, ProgressState state) : state_(state), progress_(output, unit) {
  if (progress_.visible()) thread_ = std::thread([this] { run(); });
}

Ticker::~Ticker() {
  stop();
}

void Ticker::set(const ProgressState& state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  progress_.update(state_);
}

std::unique_lock<std::mutex> Ticker::pause() {
  std::unique_lock lock(mutex_);
  progress_.clear();
  return lock;
}

void Ticker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stopping_.notify_all();
  if (thread_.joinable()) thread_.join();
  progress_.clear();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    progress_.update(state_);
    stopping_.wait_for(lock, std::chrono::milliseconds(200));
  }
}

}  // namespace chatopen::program
