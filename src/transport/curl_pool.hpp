#pragma once

#include <chatopen/clock.hpp>

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace chatopen::transport {

struct EasyCleanup {
  void operator()(CURL* handle) const noexcept {
    // Also without an exchange libcurl would change the program's SIGPIPE, for a moment or, with other threads at it,
    // for good.
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_cleanup(handle);
  }
};

struct MultiCleanup {
  void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

/// A private multi, whose cache holds at most one connection, and the easy handle that runs on it. Without options of
/// an exchange while it is idle.
struct CurlPair {
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::unique_ptr<CURL, EasyCleanup> easy;
  /// The last URL, parsed: calls of a client repeat a few URLs, and parsing one is a tenth of a call.
  std::unique_ptr<CURLU, UrlCleanup> parsed_url;
  std::string url;
  Clock::TimePoint idle_since;

  /// Makes `parsed_url` that of this URL. False when libcurl cannot parse it.
  [[nodiscard]] bool parse(const std::string& wanted);
};

/// The idle handles of blocking calls. Of those whose last URL had the same origin (scheme, host, port), the last one
/// returned is the first one taken, so that calls one after another share one connection. Thread-safe. A child process
/// starts with an empty pool, and never touches its parent's handles, whose connections the parent goes on using.
class CurlPool {
 public:
  CurlPool(std::size_t max_idle, std::chrono::seconds max_age);
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;
  ~CurlPool();

  /// For a URL. Null when the system refuses memory or descriptors.
  [[nodiscard]] std::unique_ptr<CurlPair> take(std::string_view url);
  /// Keeps the pair. Closes those that have been idle for too long, and the oldest where too many are idle.
  void put_back(std::unique_ptr<CurlPair> pair, Clock::TimePoint now);

 private:
  struct Idle;
  [[nodiscard]] Idle& idle();
  static void abandon(Idle& inherited) noexcept;

  std::size_t max_idle_;
  std::chrono::seconds max_age_;
  std::atomic<Idle*> idle_;
};

}  // namespace chatopen::transport
