#pragma once

/// @file
/// `RecordedRequest`: a request that a transport for tests was given.

#include <chatopen/options.hpp>
#include <chatopen/testing/export.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// A request as it was sent, and its deadlines. Printing it shows no credential and no body.
struct RecordedRequest {
  /// Such as `POST`.
  std::string method = {};
  /// With the query.
  std::string url = {};
  /// As they were sent, credentials included.
  std::vector<HttpHeader> headers = {};
  /// The whole body; of an upload the whole form. Of a source that could not be read, what came before.
  std::string body = {};
  /// Of the exchange; every member is set.
  Timeouts timeouts = {};

  /// The value of a header, by case-insensitive name; empty when it is absent.
  [[nodiscard]] CHATOPEN_TESTING_EXPORT std::string header(std::string_view name) const;
};

/// Prints what is printed of an `HttpRequest`.
CHATOPEN_TESTING_EXPORT std::ostream& operator<<(std::ostream& stream, const RecordedRequest& request);

}  // namespace chatopen::testing
