#include "client/usage_sum.hpp"

#include <cstdint>
#include <limits>

namespace chatopen::client {
namespace {

// Counts come from the service, and are not negative.
std::int64_t sum_of(std::int64_t a, std::int64_t b) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return b > most - a ? most : a + b;
}

}  // namespace

void add_usage(std::optional<Usage>& sum, const std::optional<Usage>& more) noexcept {
  if (!more) return;
  const Usage before = sum.value_or(Usage());
  sum = Usage{.prompt_tokens = sum_of(before.prompt_tokens, more->prompt_tokens),
              .completion_tokens = sum_of(before.completion_tokens, more->completion_tokens),
              .total_tokens = sum_of(before.total_tokens, more->total_tokens)};
}

}  // namespace chatopen::client
