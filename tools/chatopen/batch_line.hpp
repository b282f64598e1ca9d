#pragma once

#include "request_options.hpp"

#include <chatopen/options.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::program {

/// What a line of a batch asks.
struct BatchLine {
  ChatRequest request = {};
  std::vector<HttpHeader> headers = {};
};

/// Reads a line, in the format of docs/program.md; what it leaves out is as in `defaults`. `id` becomes the line's own,
/// also of one that is refused, and stays as it is when there is none.
/// Errors: `invalid_argument`, naming the member that is wrong; as `image_file`.
[[nodiscard]] Result<BatchLine> parse_batch_line(std::string_view text, const RequestOptions& defaults,
                                                 nlohmann::ordered_json& id);

/// Only the id of a line; null when it has none, or is refused.
[[nodiscard]] nlohmann::ordered_json id_of(std::string_view text);

}  // namespace chatopen::program
