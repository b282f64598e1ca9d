#pragma once

#include <chatopen/error.hpp>

#include <simdjson.h>
#include <cstdlib>
#include <string>
#include <string_view>

namespace chatopen::fuzz {

/// What no error may show.
inline constexpr std::string_view secret = "canary/secret";

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline void check_error(const Error& error) {
  require(error.body_snippet.size() <= 1024);
  require(!error.message.empty() && error.message.size() <= 4096 && error.detail.size() <= 4096);
  for (const std::string* const text : {&error.code, &error.message, &error.detail, &error.body_snippet}) {
    require(simdjson::validate_utf8(*text));
    require(text->find(secret) == std::string::npos && text->find('\x1b') == std::string::npos);
  }
}

}  // namespace chatopen::fuzz
