#pragma once

#include "transport/curl_async.hpp"

#include <chatopen/curl_transport.hpp>
#include <chatopen/result.hpp>

#include <memory>

namespace chatopen::transport {

/// Makes transports whose asynchronous half is made by whom it is told, so that only who names `CurlEngine` links it.
class CurlTransportMaker {
 public:
  /// As `CurlTransport::create`. With null, the transport asks the default's maker.
  [[nodiscard]] static Result<std::shared_ptr<CurlTransport>> make(CurlOptions options, MakeCurlAsync make);
  static void set_default(MakeCurlAsync make) noexcept;
};

}  // namespace chatopen::transport
