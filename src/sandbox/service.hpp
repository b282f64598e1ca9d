#pragma once

#include "sandbox/exchange.hpp"

#include <chatopen/secret.hpp>

#include <cstdint>
#include <string>

namespace chatopen::sandbox {

/// The protocol without the network: a request in, its answer out. Thread-safe.
class Service {
 public:
  /// `pictures_url` is where pictures are served that were made. A larger file is refused.
  Service(Credentials credentials, std::string pictures_url, std::uint64_t max_upload_bytes = UINT64_MAX);

  [[nodiscard]] Answer serve(const Incoming& request) const;

 private:
  void check_credentials(const Incoming& request) const;
  [[nodiscard]] Answer take_upload(const Incoming& request) const;

  Credentials credentials_;
  std::string pictures_url_;
  std::uint64_t max_upload_bytes_;
};

}  // namespace chatopen::sandbox
