#pragma once

/// @file
/// `ReplayTransport`: answers from a cassette that `RecordingTransport` wrote, or somebody by hand. Link
/// `chatopen::testing`.

#include <chatopen/result.hpp>
#include <chatopen/testing/export.hpp>
#include <chatopen/testing/recorded_request.hpp>
#include <chatopen/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chatopen::testing {

/// Which record answers a request. Hosts and headers are never compared.
enum class Matching : std::uint8_t {
  strict,     ///< The next unused record, whose method, path, query and body must be the request's.
  any_order,  ///< The first unused record of which that is true: for calls that run at the same time.
  path,       ///< The first unused record with that path, whatever else: for requests that differ from run to run.
};

/// How a cassette is replayed.
struct ReplayOptions {
  /// Bodies that are JSON are compared by value: the order of members and white space do not count. `[redacted]` in a
  /// record stands for any text, and as a whole value for any value.
  Matching matching = Matching::strict;
  /// Decides instead of `matching`, in any order. The body of the record is its JSON on one line, or its text. Called
  /// with a lock held, so it must not use the transport.
  std::function<bool(const RecordedRequest& recorded, const RecordedRequest& sent)> matcher = {};
  /// Lets a record answer again when none that is unused matches.
  bool reuse = false;
  /// As `CurlOptions::poll_driven`: asynchronous calls go on only within `ChatClient::poll` and calls that wait.
  bool poll_driven = false;
};

/// One point in which a request is not what was recorded.
struct RequestDifference {
  /// `method`, `path`, or a JSON pointer into the body, such as `/messages/0/content`; `body` for the whole of it.
  std::string where = {};
  /// What the record has there, shortened; empty when it has nothing there.
  std::string recorded = {};
  /// What was sent, likewise.
  std::string sent = {};
};

/// A request that no record answered.
struct ReplayMismatch {
  /// As it was sent, credentials included.
  RecordedRequest sent = {};
  /// Number of the record, from 0, that the differences are to: the next one, or else the nearest; `no_record` when
  /// none is left.
  std::size_t nearest = 0;
  /// In what it differs from that record.
  std::vector<RequestDifference> differences = {};
  /// The same for humans, in one line; what the call's `Error` says.
  std::string message = {};

  /// There is none.
  static constexpr std::size_t no_record = static_cast<std::size_t>(-1);
};

/// A record that answered no request.
struct UnusedRecord {
  /// Its number, from 0.
  std::size_t index = 0;
  /// Its line in the cassette.
  std::size_t line = 0;
  /// Of its request.
  std::string method = {};
  /// Of its request.
  std::string url = {};
};

/// Answers each exchange with a record of a cassette, chunk by chunk as it was recorded, without a network and without
/// waiting. Retries are exchanges, too: a recorded 503 and the 200 after it are two records. Where no record matches,
/// the exchange fails as `TransportFailure::settings`, which a client reports as `ErrorKind::configuration` with the
/// differences in `Error::message`. Safe to use from many threads at once.
///
/// @code
/// auto replay = chatopen::testing::ReplayTransport::open("tests/cassettes/caption.json").value();
/// auto client = chatopen::ChatClient::create({.base_url = "https://any.example",
///                                             .credentials = {"any", "any"},
///                                             .transport = replay});
/// // … what is tested …
/// replay->check().value();  // every request was in the cassette, and every record was asked for
/// @endcode
class CHATOPEN_TESTING_EXPORT ReplayTransport final : public Transport {
 public:
  /// Errors: `io` when the file cannot be read; `configuration` when it is no cassette, with file, line, column, and
  /// the member that is wrong.
  [[nodiscard]] static Result<std::shared_ptr<ReplayTransport>> open(const std::string& cassette,
                                                                     ReplayOptions options = {});

  ~ReplayTransport() override;
  ReplayTransport(const ReplayTransport&) = delete;
  ReplayTransport& operator=(const ReplayTransport&) = delete;

  /// The requests that no record answered, in order.
  [[nodiscard]] std::vector<ReplayMismatch> mismatches() const;
  /// The records that answered none, in order.
  [[nodiscard]] std::vector<UnusedRecord> unused() const;
  /// Whether there are neither. Errors: `configuration`, with the first of them.
  [[nodiscard]] Result<void> check() const;

  [[nodiscard]] TransportOutcome perform(const HttpRequest& request, ResponseSink& sink,
                                         const CancelToken& cancel) override;
  /// Plays on a thread that all exchanges of this transport share.
  [[nodiscard]] std::unique_ptr<Exchange> start(std::shared_ptr<const HttpRequest> request,
                                                std::shared_ptr<ResponseSink> sink,
                                                std::shared_ptr<ExchangeCompletion> completion) override;
  [[nodiscard]] bool poll_driven() const noexcept override;
  bool poll(std::chrono::milliseconds budget) override;

 private:
  struct Impl;
  explicit ReplayTransport(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chatopen::testing
