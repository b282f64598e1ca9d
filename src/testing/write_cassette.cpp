#include "testing/cassette.hpp"
#include "testing/cassette_body.hpp"

namespace chatopen::testing {
namespace {

Json to_json(const std::vector<HttpHeader>& headers) {
  Json lines = Json::array();
  for (const HttpHeader& header : headers) lines.push_back(header.name + ": " + header.value);
  return lines;
}

const char* name_of(RecordedEnd end) {
  switch (end) {
    case RecordedEnd::proven: return "proven";
    case RecordedEnd::connection_closed: return "connection_closed";
    case RecordedEnd::finished: return "finished";
    case RecordedEnd::stopped: return "stopped";
  }
  return "";
}

Json outcome_of(const CassetteRecord& record) {
  if (!record.failure) return {{"end", name_of(record.end)}};
  Json outcome = {{"failure", std::string(to_string(*record.failure->failure))},
                  {"request_bytes_written", record.failure->request_bytes_written}};
  if (!record.failure->message.empty()) outcome["message"] = record.failure->message;
  return outcome;
}

Json to_json(const CassetteRecord& record) {
  Json request = {{"method", record.method}, {"url", record.url}, {"headers", to_json(record.request_headers)}};
  if (!record.request_body.is_null()) request["body"] = record.request_body;
  Json written = {{"request", std::move(request)}};
  if (record.status != 0) {
    Json reply = {{"status", record.status}, {"headers", to_json(record.reply_headers)}};
    if (Json body = write_reply_body(record.chunks); !body.is_null()) reply["body"] = std::move(body);
    written["reply"] = std::move(reply);
  }
  written["outcome"] = outcome_of(record);
  return written;
}

}  // namespace

std::string write_cassette(const std::vector<CassetteRecord>& records) {
  Json written = {{"version", 1}, {"records", Json::array()}};
  for (const CassetteRecord& record : records) written["records"].push_back(to_json(record));
  return written.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chatopen::testing
