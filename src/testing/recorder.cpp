#include "testing/recorder.hpp"

#include "testing/comparable_body.hpp"

#include <chatopen/testing/recorded_request.hpp>

#include <utility>

namespace chatopen::testing {

Recorder::Recorder(std::string path, RecordingOptions options)
    : elide_data_above_(options.elide_data_above), path_(std::move(path)), redactor_(std::move(options)) {}

std::size_t Recorder::reserve() {
  const std::lock_guard lock(mutex_);
  records_.emplace_back();
  return records_.size() - 1;
}

void Recorder::record(std::size_t place, RawExchange raw, const TransportOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  redactor_.learn(raw.request_headers);
  const std::size_t secrets = redactor_.secrets();
  records_[place] = {.record = to_record(std::move(raw), outcome), .secrets = secrets};
  ++recorded_;
  has_unsaved_ = true;
}

std::size_t Recorder::recorded() const {
  const std::lock_guard lock(mutex_);
  return recorded_;
}

Result<void> Recorder::save() {
  const std::lock_guard lock(mutex_);
  std::vector<CassetteRecord> ended;
  for (Entry& each : records_) {
    if (!each.record) continue;
    if (std::exchange(each.secrets, redactor_.secrets()) != redactor_.secrets()) hide_again(*each.record);
    ended.push_back(*each.record);
  }
  Result<void> saved = replace_file(path_, write_cassette(ended));
  if (saved) has_unsaved_ = false;
  return saved;
}

bool Recorder::has_unsaved() const {
  const std::lock_guard lock(mutex_);
  return has_unsaved_;
}

void Recorder::hide_again(CassetteRecord& record) {
  record.url = redactor_.text(record.url);
  redactor_.hide_in(record.request_body);
  for (auto* const headers : {&record.request_headers, &record.reply_headers}) *headers = redactor_.headers(*headers);
  ChunkedText reply;
  for (const std::string& chunk : record.chunks) reply.append(chunk);
  redactor_.hide_in(reply);
  record.chunks = reply.chunks();
  if (record.failure) record.failure->message = redactor_.text(record.failure->message);
}

CassetteRecord Recorder::to_record(RawExchange raw, const TransportOutcome& outcome) {
  CassetteRecord record;
  record.method = std::move(raw.method);
  // Bodies first, because what they hide is hidden elsewhere, too.
  record.request_body = request_body(raw);
  redactor_.hide_in(raw.reply_body);
  record.url = redactor_.url(raw.url);
  record.request_headers = redactor_.headers(std::move(raw.request_headers));
  record.status = raw.status;
  record.reply_headers = redactor_.headers(std::move(raw.reply_headers));
  record.chunks = raw.reply_body.chunks();
  if (outcome.failure) {
    record.failure = TransportOutcome{.failure = outcome.failure,
                                      .request_bytes_written = outcome.request_bytes_written,
                                      .message = redactor_.text(outcome.message)};
  } else if (outcome.stopped) {
    record.end = raw.finished ? RecordedEnd::finished : RecordedEnd::stopped;
  } else if (outcome.body_end != BodyEnd::proven) {
    record.end = RecordedEnd::connection_closed;
  }
  return record;
}

Json Recorder::request_body(const RawExchange& raw) {
  const std::string content_type = RecordedRequest{.headers = raw.request_headers}.header("Content-Type");
  if (is_form(content_type)) {
    Json body = comparable_body(raw.request_body, content_type);
    if (body.contains("multipart")) {
      redactor_.hide_in_form(body["multipart"]);
      return body;
    }
  }
  ChunkedText text;
  text.append(raw.request_body);
  redactor_.hide_in(text);
  Json body = comparable_body(text.text, content_type);
  if (body.contains("json")) elide_data_urls(body["json"], elide_data_above_);
  return body;
}

}  // namespace chatopen::testing
