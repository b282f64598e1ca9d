#include "sandbox/directive_values.hpp"

#include "sandbox/exchange.hpp"

#include <charconv>

namespace chatopen::sandbox {

void refuse_directive(std::string_view directive, const std::string& reason) {
  throw Refusal("X-Sandbox-Reply: " + std::string(directive) + ": " + reason);
}

int parse_integer(std::string_view directive, std::string_view text, int min, int max) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || number < min || number > max) {
    refuse_directive(directive, "expected an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return number;
}

}  // namespace chatopen::sandbox
