#pragma once

#include "base/per_process.hpp"
#include "transport/curl_handle.hpp"

#include <chatopen/clock.hpp>

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace chatopen::transport {

/// A private multi, whose cache holds at most one connection, and the handle that runs on it.
struct CurlPair {
  std::unique_ptr<CURLM, MultiCleanup> multi;
  CurlHandle handle;
  Clock::TimePoint idle_since;
};

/// The idle handles of blocking calls. Of those whose last URL had the same origin (scheme, host, port), the last one
/// returned is the first one taken, so that calls one after another share one connection. Thread-safe. A child process
/// starts with an empty pool, and never touches its parent's handles, whose connections the parent goes on using.
class CurlPool {
 public:
  CurlPool(std::size_t max_idle, std::chrono::seconds max_age)
      : max_idle_(max_age.count() == 0 ? 0 : max_idle), max_age_(max_age) {}
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;

  /// For a URL. Null when the system refuses memory or descriptors.
  [[nodiscard]] std::unique_ptr<CurlPair> take(std::string_view url);
  /// Keeps the pair. Closes those that have been idle for too long, and the oldest where too many are idle.
  void put_back(std::unique_ptr<CurlPair> pair, Clock::TimePoint now);

 private:
  struct Idle {
    std::mutex mutex;
    std::vector<std::unique_ptr<CurlPair>> pairs;
  };

  std::size_t max_idle_;
  std::chrono::seconds max_age_;
  base::PerProcess<Idle> idle_;
};

}  // namespace chatopen::transport
