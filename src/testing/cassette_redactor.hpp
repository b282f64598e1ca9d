#pragma once

#include "testing/chunked_text.hpp"
#include "testing/json.hpp"

#include <chatopen/testing/recording_transport.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen::testing {

/// Hides what a recording must not show. Not thread-safe.
class CassetteRedactor {
 public:
  explicit CassetteRedactor(RecordingOptions options);

  /// Remembers the values of a request's hidden headers, to hide them wherever they stand from now on.
  void learn(const std::vector<HttpHeader>& request_headers);

  /// The value of each header that is not known to be harmless is hidden.
  [[nodiscard]] std::vector<HttpHeader> headers(std::vector<HttpHeader> headers) const;
  /// Without user info and fragment, the values of its query's parameters hidden.
  [[nodiscard]] std::string url(std::string_view url) const;
  /// Hides members, the values of the queries of URLs, and secrets. What stood in the members is a secret from now on:
  /// services repeat what they were told.
  void hide_in(ChunkedText& body);
  /// Hides the secrets in every string and number of a value, and the values of the queries of URLs in its strings.
  void hide_in(Json& value) const;
  [[nodiscard]] std::string text(std::string_view text) const;
  /// The same in the parts of a form, as `comparable_body` makes it.
  void hide_in_form(Json& parts);
  /// How many secrets are known so far.
  [[nodiscard]] std::size_t secrets() const noexcept { return secrets_.size(); }

 private:
  void hide_members(ChunkedText& body, int depth);
  void add_values(std::string_view text, std::vector<TextEdit>& edits) const;
  [[nodiscard]] std::vector<TextEdit> queries(std::string_view text) const;
  [[nodiscard]] std::vector<TextEdit> secrets_in(std::string_view text) const;
  [[nodiscard]] std::vector<TextEdit> numbers(std::string_view text) const;
  [[nodiscard]] bool has_secret(std::string_view text) const;
  [[nodiscard]] bool hides(const std::string* name, const std::vector<std::string>& path) const;
  [[nodiscard]] std::string hidden_within(std::string_view string, int depth);
  void learn_value(std::string_view json);
  void learn_texts(const Json& value);
  void add_secret(std::string secret);
  [[nodiscard]] bool keeps(const std::string& header) const;
  [[nodiscard]] bool keeps_parameter(const std::string& name) const;

  RecordingOptions options_;
  std::vector<std::vector<std::string>> pointers_;
  std::vector<std::string> secrets_;
};

}  // namespace chatopen::testing
