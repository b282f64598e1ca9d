#pragma once

#include "testing/cassette.hpp"
#include "testing/cassette_redactor.hpp"
#include "testing/chunked_text.hpp"

#include <chatopen/transport.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace chatopen::testing {

/// An exchange as it was, secrets included.
struct RawExchange {
  std::string method;
  std::string url;
  std::vector<HttpHeader> request_headers;
  std::string request_body;
  int status = 0;
  std::vector<HttpHeader> reply_headers;
  ChunkedText reply_body;
  bool finished = false;
};

/// The records of one cassette, shared by the exchanges on their way. Members may be called from many threads at once.
class Recorder {
 public:
  Recorder(std::string path, RecordingOptions options);

  /// A place for the record of an exchange that begins now.
  [[nodiscard]] std::size_t reserve();
  /// Keeps the exchange, less what is secret.
  void record(std::size_t place, RawExchange raw, const TransportOutcome& outcome);
  [[nodiscard]] std::size_t recorded() const;
  /// Hides in earlier records, too, what later ones said is secret. Errors: `io`.
  [[nodiscard]] Result<void> save();
  [[nodiscard]] bool has_unsaved() const;

 private:
  struct Entry {
    std::optional<CassetteRecord> record = {};
    /// How many secrets were known when it was made.
    std::size_t secrets = 0;
  };

  void hide_again(CassetteRecord& record);
  [[nodiscard]] CassetteRecord to_record(RawExchange raw, const TransportOutcome& outcome);
  [[nodiscard]] Json request_body(const RawExchange& raw);

  mutable std::mutex mutex_;
  std::size_t elide_data_above_;
  std::string path_;
  CassetteRedactor redactor_;
  std::vector<Entry> records_;
  std::size_t recorded_ = 0;
  bool has_unsaved_ = false;
};

}  // namespace chatopen::testing
