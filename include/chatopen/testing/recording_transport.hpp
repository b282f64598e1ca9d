#pragma once

/// @file
/// `RecordingTransport`: writes what goes through another transport into a cassette, a JSON file for tests to replay.
/// Link `chatopen::testing`.

#include <chatopen/result.hpp>
#include <chatopen/testing/export.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace chatopen::testing {

/// What a recording hides, and how much it keeps. What is hidden stands as `[redacted]` in the cassette, where
/// `ReplayTransport` takes it for any text or value.
struct RecordingOptions {
  /// Members of JSON in request and reply bodies, also in the events of streams, whose values are hidden: names
  /// (`user`) at any depth, or JSON pointers (`/metadata/user`; `*` is any one name or index) from the outermost value
  /// of the body or event. JSON in a string, such as the arguments of a tool call, is searched, too, unless a stream
  /// cuts it into pieces. Of a form, the parts of that name.
  std::vector<std::string> redact_members = {};
  /// Headers, by case-insensitive name, that carry nothing secret. The values of others are hidden unless they are on
  /// the list of those that never do (`Content-Type`, `Retry-After`, …); those of the request also wherever else they
  /// stand, when they have at least four bytes.
  std::vector<std::string> keep_headers = {};
  /// Parameters of a URL's query that carry nothing secret. The values of others are hidden: those of the request's
  /// URL, and of the `http:` and `https:` URLs in bodies, which may be signed, unless a stream cuts them into pieces.
  std::vector<std::string> keep_parameters = {};
  /// `data:` URLs in requests that are longer than this stand as their size and SHA-256, which is what is compared; 0
  /// to write them all in full. Parts of a form that are no short text always stand so.
  std::size_t elide_data_above = 256;
};

/// Hands each exchange on to another transport, and keeps a record of it: the request; the reply's head, and its body
/// in the chunks in which it came; how it ended. A retried call is as many records as it has attempts. Nothing secret
/// is kept: the credentials and everything that `RecordingOptions` names are removed as an exchange ends, and only then
/// is it written. Records stand in the order in which the exchanges began. Safe to use from many threads at once.
///
/// Bodies are kept in memory until they are written. Those that a source supplies are still sent in pieces, but each is
/// kept until its exchange ends.
class CHATOPEN_TESTING_EXPORT RecordingTransport final : public Transport {
 public:
  /// Nothing is written yet, so that a recording that fails leaves the cassette of before.
  /// Errors: `configuration` when the transport is null, or a member is empty, or is no JSON pointer although it begins
  /// with a slash; `io` when the file's directory is not there, or the path names no file.
  [[nodiscard]] static Result<std::shared_ptr<RecordingTransport>> create(std::shared_ptr<Transport> transport,
                                                                          std::string cassette,
                                                                          RecordingOptions options = {});

  /// Saves what has not been saved; use `save` to learn whether that worked.
  ~RecordingTransport() override;
  RecordingTransport(const RecordingTransport&) = delete;
  RecordingTransport& operator=(const RecordingTransport&) = delete;

  /// Writes the records of all exchanges that have ended, under a temporary name that then takes the cassette's place.
  /// Errors: `io`.
  [[nodiscard]] Result<void> save();
  /// Exchanges that have ended so far.
  [[nodiscard]] std::size_t recorded() const;

  [[nodiscard]] TransportOutcome perform(const HttpRequest& request, ResponseSink& sink,
                                         const CancelToken& cancel) override;
  [[nodiscard]] std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion) override;
  [[nodiscard]] bool poll_driven() const noexcept override;
  bool poll(std::chrono::milliseconds budget) override;

 private:
  struct Impl;
  explicit RecordingTransport(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen::testing
