#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// A parameter of a URL's query, and where its value stands in the text. Without a name also a URL's user info.
struct QueryParameter {
  std::string name = {};
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The user info, and the parameters with a value in the queries, of all `http:` and `https:` URLs in a text, also
/// where their characters are escaped as in JSON, up to JSON in JSON in JSON. In order.
///
/// A URL that follows a quotation mark, or with which the text begins, ends at the mark that closes it or at white
/// space. In prose it also ends at `<`, `>`, a backtick and a bracket that closes what it does not open, and a query at
/// the first character beyond ASCII, unless another parameter follows; a mark such as a comma at its end is the
/// sentence's.
[[nodiscard]] std::vector<QueryParameter> query_parameters(std::string_view text);

}  // namespace chatopen::testing
