#pragma once

#include "testing/json.hpp"

#include <chatopen/result.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// Stands for what was hidden.
inline constexpr std::string_view redacted = "[redacted]";

/// How the body of a reply ended, besides failures.
enum class RecordedEnd : std::uint8_t {
  proven,
  connection_closed,
  finished,  ///< The caller knew that it was over, as by `[DONE]`.
  stopped,   ///< The caller wanted no more.
};

/// One exchange as it stands in a cassette: nothing in it is secret.
struct CassetteRecord {
  std::string method = {};
  std::string url = {};
  std::vector<HttpHeader> request_headers = {};
  /// As `comparable_body` makes it; null when there was none.
  Json request_body = {};

  /// 0 when no reply came.
  int status = 0;
  std::vector<HttpHeader> reply_headers = {};
  std::vector<std::string> chunks = {};

  RecordedEnd end = RecordedEnd::proven;
  /// Instead of `end`; only these three members are recorded.
  std::optional<TransportOutcome> failure = {};

  /// Of the record in its file, from 1.
  std::size_t line = 0;
};

/// The text of a cassette: JSON made for people and for `git diff`.
[[nodiscard]] std::string write_cassette(const std::vector<CassetteRecord>& records);
/// Errors: `configuration`, with the name, line, column and member of the first mistake.
[[nodiscard]] Result<std::vector<CassetteRecord>> read_cassette(std::string_view text, const std::string& name);

/// The whole file. Errors: `io`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// See `base::replace_file`. Errors: `io`.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace chatopen::testing
