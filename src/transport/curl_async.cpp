#include "transport/curl_engine.hpp"
#include "transport/curl_transport_maker.hpp"
#include "transport/default_transport.hpp"

#include <utility>

namespace chatopen {

Result<std::shared_ptr<CurlTransport>> CurlTransport::create(CurlOptions options) {
  return transport::CurlTransportMaker::make(std::move(options), &transport::CurlEngine::create);
}

namespace transport {

void enable_default_transport_to_start() noexcept {
  CurlTransportMaker::set_default(&CurlEngine::create);
}

}  // namespace transport
}  // namespace chatopen
