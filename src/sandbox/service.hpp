#pragma once

#include "sandbox/exchange.hpp"

#include <chatopen/secret.hpp>

namespace chatopen::sandbox {

/// The protocol without the network: a request in, its answer out. Thread-safe.
class Service {
 public:
  explicit Service(Credentials credentials);

  [[nodiscard]] Answer serve(const Incoming& request) const;

 private:
  void check_credentials(const Incoming& request) const;

  Credentials credentials_;
};

}  // namespace chatopen::sandbox
