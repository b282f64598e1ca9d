#include "testing/replay_script.hpp"

#include "testing/cassette_redactor.hpp"
#include "testing/comparable_body.hpp"
#include "testing/request_body.hpp"

#include <algorithm>
#include <utility>

namespace chatopen::testing {
namespace {

// On both sides every picture is compared by its digest, so that it is made once, however many records there are.
constexpr std::size_t shortest_elided = 1;

constexpr std::size_t none = ReplayMismatch::no_record;

RecordedRequest request_of(const CassetteRecord& record) {
  return {.method = record.method,
          .url = record.url,
          .headers = record.request_headers,
          .body = body_text(record.request_body)};
}

TransportOutcome outcome_of(const CassetteRecord& record) {
  if (record.failure) return *record.failure;
  if (record.end == RecordedEnd::stopped) {
    return mock_failure(TransportFailure::truncated, "the record ends where its recording was stopped");
  }
  TransportOutcome outcome;
  outcome.request_bytes_written = true;
  outcome.body_end = record.end == RecordedEnd::connection_closed ? BodyEnd::connection_closed : BodyEnd::proven;
  return outcome;
}

MockStep step_of(const CassetteRecord& record) {
  return {.reply = {.status = record.status, .headers = record.reply_headers},
          .chunks = record.chunks,
          .outcome = outcome_of(record),
          .has_head = record.status != 0};
}

}  // namespace

ReplayScript::ReplayScript(std::string name, std::vector<CassetteRecord> records, ReplayOptions options)
    : name_(std::move(name)),
      records_(std::move(records)),
      used_(records_.size(), false),
      options_(std::move(options)) {
  for (CassetteRecord& record : records_) elide_data_urls(record.request_body, shortest_elided);
}

MockStep ReplayScript::take(const HttpRequest& request) {
  Result<std::string> body = read_whole(request.body);
  if (!body) return {.failure = TransportFailure::request_body, .message = body.error().message};
  SentRequest sent{.request = {.method = request.method,
                               .url = request.url,
                               .headers = request.headers,
                               .body = *std::move(body),
                               .timeouts = request.timeouts}};
  sent.body = comparable_body(sent.request.body, sent.request.header("Content-Type"));
  elide_data_urls(sent.body, shortest_elided);
  const std::size_t found = find(sent);
  if (found == none) {
    mismatches_.push_back(explain(std::move(sent)));
    return {.failure = TransportFailure::settings, .message = mismatches_.back().message};
  }
  used_[found] = true;
  return step_of(records_[found]);
}

std::vector<UnusedRecord> ReplayScript::unused() const {
  std::vector<UnusedRecord> unused;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const CassetteRecord& record = records_[i];
    if (!used_[i]) unused.push_back({.index = i, .line = record.line, .method = record.method, .url = record.url});
  }
  return unused;
}

Result<void> ReplayScript::check() const {
  if (!mismatches_.empty()) {
    return Error{.kind = ErrorKind::configuration, .message = mismatches_.front().message};
  }
  const std::size_t first = next_unused();
  if (first == none) return {};
  const auto count = std::count(used_.begin(), used_.end(), false);
  return Error{.kind = ErrorKind::configuration,
               .message = "'" + name_ + "': " + std::to_string(count) + " of " + std::to_string(records_.size()) +
                          " records were not asked for; the first is " + name_of(first) + ", " +
                          records_[first].method + " " + records_[first].url};
}

bool ReplayScript::matches(const CassetteRecord& record, const SentRequest& sent) const {
  if (options_.matcher) return options_.matcher(request_of(record), sent.request);
  return differences(record, sent, options_.matching == Matching::path).empty();
}

std::size_t ReplayScript::find(const SentRequest& sent) const {
  std::size_t found = none;
  if (options_.matching == Matching::strict && !options_.matcher) {
    found = next_unused();
    if (found != none && !matches(records_[found], sent)) found = none;
  } else {
    found = find_among(sent, false);
  }
  return found == none && options_.reuse ? find_among(sent, true) : found;
}

std::size_t ReplayScript::find_among(const SentRequest& sent, bool used) const {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (used_[i] == used && matches(records_[i], sent)) return i;
  }
  return none;
}

std::size_t ReplayScript::next_unused() const {
  const auto next = std::find(used_.begin(), used_.end(), false);
  return next == used_.end() ? none : static_cast<std::size_t>(next - used_.begin());
}

std::size_t ReplayScript::nearest_to(const SentRequest& sent) const {
  if (options_.matching == Matching::strict && !options_.matcher) return next_unused();
  std::size_t nearest = none;
  std::size_t fewest = none;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (used_[i]) continue;
    const std::size_t count = differences(records_[i], sent, options_.matching == Matching::path).size();
    if (count < fewest) {
      fewest = count;
      nearest = i;
    }
  }
  return nearest;
}

ReplayMismatch ReplayScript::explain(SentRequest sent) const {
  ReplayMismatch mismatch{.nearest = nearest_to(sent)};
  CassetteRedactor redactor({});
  redactor.learn(sent.request.headers);
  mismatch.message = "'" + name_ + "' has no record for " + sent.request.method + " " +
                     redactor.url(path_and_query(sent.request.url)) + ": ";
  if (mismatch.nearest == none) {
    mismatch.message += records_.empty() ? "it is empty" : "each of its records has been used";
  } else {
    const bool is_next = options_.matching == Matching::strict && !options_.matcher;
    mismatch.differences = differences(records_[mismatch.nearest], sent,
                                       options_.matching == Matching::path && !options_.matcher, &redactor);
    mismatch.message += (is_next ? "the next one, " : "the nearest, ") + name_of(mismatch.nearest) +
                        (mismatch.differences.empty() ? ", was refused by the matcher"
                                                      : ", differs in " + describe(mismatch.differences));
  }
  mismatch.message += hint(sent);
  mismatch.sent = std::move(sent.request);
  return mismatch;
}

std::string ReplayScript::name_of(std::size_t index) const {
  return "record " + std::to_string(index) + " in line " + std::to_string(records_[index].line);
}

std::string ReplayScript::hint(const SentRequest& sent) const {
  if (const std::size_t later = find_among(sent, false); later != none) {
    return " (" + name_of(later) + " matches, but comes later: Matching::any_order ignores the order)";
  }
  if (const std::size_t used = find_among(sent, true); used != none) {
    return " (" + name_of(used) + " matches, but has been used: with ReplayOptions::reuse it answers again)";
  }
  return {};
}

}  // namespace chatopen::testing
