#pragma once

#include "testing/cassette.hpp"
#include "testing/mock_playback.hpp"
#include "testing/request_match.hpp"

#include <chatopen/testing/replay_transport.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace chatopen::testing {

/// The records of a cassette, and which of them have been used. Not thread-safe.
class ReplayScript {
 public:
  ReplayScript(std::string name, std::vector<CassetteRecord> records, ReplayOptions options);

  /// The record that answers the request, as a step to play; where there is none, a failure that says why.
  [[nodiscard]] MockStep take(const HttpRequest& request);
  [[nodiscard]] const std::vector<ReplayMismatch>& mismatches() const noexcept { return mismatches_; }
  [[nodiscard]] std::vector<UnusedRecord> unused() const;
  [[nodiscard]] Result<void> check() const;

 private:
  [[nodiscard]] bool matches(const CassetteRecord& record, const SentRequest& sent) const;
  /// `ReplayMismatch::no_record` when there is none.
  [[nodiscard]] std::size_t find(const SentRequest& sent) const;
  [[nodiscard]] std::size_t find_among(const SentRequest& sent, bool used) const;
  [[nodiscard]] std::size_t next_unused() const;
  [[nodiscard]] std::size_t nearest_to(const SentRequest& sent) const;
  [[nodiscard]] ReplayMismatch explain(SentRequest sent) const;
  [[nodiscard]] std::string name_of(std::size_t index) const;
  [[nodiscard]] std::string hint(const SentRequest& sent) const;

  std::string name_;
  std::vector<CassetteRecord> records_;
  std::vector<bool> used_;
  ReplayOptions options_;
  std::vector<ReplayMismatch> mismatches_;
};

}  // namespace chatopen::testing
