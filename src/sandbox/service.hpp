#pragma once

#include "sandbox/exchange.hpp"

#include <chatopen/secret.hpp>

#include <string>

namespace chatopen::sandbox {

/// The protocol without the network: a request in, its answer out. Thread-safe.
class Service {
 public:
  /// `pictures_url` is where pictures are served that were made.
  Service(Credentials credentials, std::string pictures_url);

  [[nodiscard]] Answer serve(const Incoming& request) const;

 private:
  void check_credentials(const Incoming& request) const;

  Credentials credentials_;
  std::string pictures_url_;
};

}  // namespace chatopen::sandbox
