#pragma once

#include "transport/curl_options.hpp"

#include <chatopen/transport.hpp>

#include <chrono>
#include <memory>

namespace chatopen::transport {

/// The asynchronous half of a `CurlTransport`.
class CurlAsync {
 public:
  virtual ~CurlAsync() = default;
  /// As `Transport::start`.
  [[nodiscard]] virtual std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                        std::shared_ptr<ResponseSink> sink,
                                                        std::shared_ptr<ExchangeCompletion> completion) = 0;
  /// As `Transport::poll`; only for one without a thread of its own.
  virtual bool poll(std::chrono::milliseconds budget) = 0;
  /// Ends every exchange as cancelled, and the thread. Nothing may be started afterwards. From within a sink or
  /// completion of its own it takes effect as soon as that has returned.
  virtual void stop() noexcept = 0;
};

/// Makes one; null when the system refuses descriptors or memory.
using MakeCurlAsync = std::shared_ptr<CurlAsync> (*)(std::shared_ptr<const CurlSettings> settings);

}  // namespace chatopen::transport
