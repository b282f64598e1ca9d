#pragma once

#include "testing/cassette.hpp"
#include "testing/cassette_redactor.hpp"
#include "testing/json.hpp"

#include <chatopen/testing/replay_transport.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// A request that looks for its record.
struct SentRequest {
  RecordedRequest request = {};
  /// As `comparable_body` makes it, pictures elided.
  Json body = {};
};

/// In what the request differs from the record; empty when it matches. `path_only` compares nothing else. What was sent
/// is shown without what the redactor, if any, hides.
[[nodiscard]] std::vector<RequestDifference> differences(const CassetteRecord& record, const SentRequest& sent,
                                                         bool path_only, const CassetteRedactor* redactor = nullptr);

/// What comes after the host: path and query.
[[nodiscard]] std::string_view path_and_query(std::string_view url);

/// At most a few of them, on one line.
[[nodiscard]] std::string describe(const std::vector<RequestDifference>& differences);

}  // namespace chatopen::testing
