#pragma once

#include "codec/decode.hpp"

#include <chatopen/reply.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatopen::codec {

inline base::Redactor redactor() {
  return base::Redactor(std::vector<std::string_view>{"canary-id", "canary/secret"});
}

inline Result<ChatReply::Fields> decode(std::string body) {
  return decode_chat(200, std::move(body), redactor());
}

/// The fields of a body that must be accepted; otherwise ones that no test expects.
inline ChatReply::Fields accepted(std::string body) {
  Result<ChatReply::Fields> fields = decode(std::move(body));
  if (fields) return *std::move(fields);
  const std::string refusal = "refused: " + fields.error().message;
  return {.text = refusal, .finish_reason = refusal, .model = refusal, .request_id = refusal};
}

/// The error of a body that must be refused under a success status.
inline Error refused(std::string body) {
  Result<ChatReply::Fields> fields = decode(std::move(body));
  return fields ? Error{.kind = ErrorKind::cancelled, .message = "was accepted"} : std::move(fields).error();
}

}  // namespace chatopen::codec
