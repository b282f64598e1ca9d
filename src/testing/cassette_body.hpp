#pragma once

#include "testing/json.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace chatopen::testing {

/// A mistake in a cassette. Thrown and caught within its reader only.
struct CassetteFault {
  /// JSON pointer to the member.
  std::string where;
  std::string what;
};

/// The body of a reply as it stands in a cassette, which gives back the same bytes in the same chunks: `json` where
/// printing the value does that, `chunks` where each is text by itself, `text` where only the whole is, or `base64`;
/// with `chunk_bytes` where there are several that do not show. Null when it is empty.
[[nodiscard]] Json write_reply_body(const std::vector<std::string>& chunks);
/// Throws CassetteFault.
[[nodiscard]] std::vector<std::string> read_reply_body(const Json& body, const std::string& where);

}  // namespace chatopen::testing
