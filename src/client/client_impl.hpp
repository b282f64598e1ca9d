#pragma once

#include "client/core.hpp"

#include <chatopen/client.hpp>

#include <memory>
#include <utility>

namespace chatopen {

// All copies of a client share one, so that the end of the last one ends the calls in flight, which share only the
// core.
struct ChatClient::Impl {
  explicit Impl(ClientOptions options) : core(std::make_shared<client::Core>(std::move(options))) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { core->end_calls(); }

  std::shared_ptr<client::Core> core;
};

}  // namespace chatopen
