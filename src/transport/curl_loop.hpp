#pragma once

#include <chatopen/clock.hpp>

#include <curl/curl.h>

#include <cstddef>
#include <memory>

namespace chatopen::transport {

/// Waits for the sockets and timers of a multi, and lets libcurl work on what is ready. The only file pair that knows
/// how the system waits: epoll on Linux, `curl_multi_poll` elsewhere.
class CurlLoop {
 public:
  /// Null when the system refuses descriptors or memory. The multi must outlive the loop.
  [[nodiscard]] static std::unique_ptr<CurlLoop> create(CURLM* multi);
  virtual ~CurlLoop();

  /// The most sockets that one call of `run_once` serves; it goes on with the others in the next.
  static constexpr std::size_t batch = 128;
  /// Waits at most until `until`, for the first that is ready. False when so much was ready that a batch was full. One
  /// thread at a time.
  virtual bool run_once(Clock::TimePoint until) = 0;
  /// Ends the wait of `run_once`, or that of the next one. Any thread.
  virtual void wake() noexcept = 0;
};

}  // namespace chatopen::transport
