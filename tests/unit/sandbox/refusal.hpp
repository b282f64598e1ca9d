#pragma once

#include "sandbox/exchange.hpp"

#include <string>

namespace chatopen::sandbox {

/// What the call refuses with; empty when it does not.
template <typename Call>
std::string refusal_of(Call call) {
  try {
    (void)call();
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
  return {};
}

}  // namespace chatopen::sandbox
