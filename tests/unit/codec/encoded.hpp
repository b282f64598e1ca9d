#pragma once

#include "codec/encode.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace chatopen::codec {

/// The body, or `discarded` with a failure of the test.
inline std::string encoded(const ChatRequest& request, WireForm form = WireForm::messages) {
  Result<std::string> body = encode_chat(request, form);
  if (body) {
    std::string of_final_size;
    of_final_size.reserve(body->size());
    EXPECT_EQ(body->capacity(), of_final_size.capacity());
    return *std::move(body);
  }
  ADD_FAILURE() << body.error().message << " (" << body.error().detail << ')';
  return {};
}

inline nlohmann::json encoded_json(const ChatRequest& request, WireForm form = WireForm::messages) {
  return nlohmann::json::parse(encoded(request, form), nullptr, /*allow_exceptions=*/false);
}

inline Error refusal(const ChatRequest& request, WireForm form = WireForm::messages) {
  const Result<std::string> body = encode_chat(request, form);
  return body ? Error{.kind = ErrorKind::api, .message = "was encoded: " + *body} : body.error();
}

}  // namespace chatopen::codec
