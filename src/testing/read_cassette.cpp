#include "testing/cassette.hpp"
#include "testing/cassette_body.hpp"
#include "testing/json_scan.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <utility>

namespace chatopen::testing {
namespace {

// Line and column of a place in the text, from 1.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position position_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return {lines + 1, before.size() - (before.rfind('\n') + 1) + 1};
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) noexcept : text_(text), name_(name) {}

  Result<std::vector<CassetteRecord>> read() {
    try {
      constexpr std::size_t deepest = 200;
      if (json_depth(text_) > deepest) throw CassetteFault{"", "is nested too deeply"};
      const Json cassette = Json::parse(text_);
      find_places();
      return read_records(cassette);
    } catch (const Json::parse_error& error) {
      const std::string what = error.what();
      const std::size_t colon = what.rfind(": syntax error");
      return fault_at(error.byte == 0 ? 0 : error.byte - 1,
                      "is not valid JSON" + (colon == std::string::npos ? std::string() : what.substr(colon)));
    } catch (const CassetteFault& fault) {
      const std::string member = fault.where.empty() ? "the cassette" : fault.where;
      return fault_at(place_of(fault.where), member + " " + fault.what);
    }
  }

 private:
  Error fault_at(std::size_t at, const std::string& what) const {
    const Position position = position_of(text_, at);
    return {.kind = ErrorKind::configuration,
            .message = "'" + name_ + "', line " + std::to_string(position.line) + ", column " +
                       std::to_string(position.column) + ": " + what,
            .detail = "mend the cassette, or delete it and record it anew"};
  }

  // Where each value begins; the parser does not tell, and of repeated members it keeps only the last.
  void find_places() {
    JsonScan scan(text_);
    while (scan.next()) {
      std::string pointer = to_pointer(scan.path());
      if (!places_.insert_or_assign(pointer, scan.begin()).second) {
        throw CassetteFault{std::move(pointer), "is there twice"};
      }
    }
  }

  // Of what is missing, the place of what it should be in.
  std::size_t place_of(std::string pointer) const {
    while (!pointer.empty()) {
      const auto found = places_.find(pointer);
      if (found != places_.end()) return found->second;
      pointer.erase(pointer.rfind('/'));
    }
    return std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
  }

  static void require_object(const Json& value, const std::string& where, std::initializer_list<const char*> members) {
    if (!value.is_object()) throw CassetteFault{where, std::string("must be an object, but is ") + value.type_name()};
    for (const auto& [name, member] : value.items()) {
      if (std::find(members.begin(), members.end(), name) != members.end()) continue;
      std::string known;
      for (const char* const each : members) known.append(known.empty() ? "" : ", ").append(each);
      throw CassetteFault{where + to_pointer({name}), "is unknown: there may be " + known};
    }
  }

  static const Json& required(const Json& object, const std::string& where, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) throw CassetteFault{where + "/" + name, "is missing"};
    return *found;
  }

  static std::string required_string(const Json& object, const std::string& where, const char* name) {
    const Json& value = required(object, where, name);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
      throw CassetteFault{where + "/" + name, "must be a string that is not empty"};
    }
    return value.get<std::string>();
  }

  static std::vector<HttpHeader> read_headers(const Json& object, const std::string& where) {
    std::vector<HttpHeader> headers;
    const auto lines = object.find("headers");
    if (lines == object.end()) return headers;
    if (!lines->is_array()) throw CassetteFault{where + "/headers", "must be an array of strings \"Name: value\""};
    for (const Json& line : *lines) {
      const std::string text = line.is_string() ? line.get<std::string>() : "";
      const std::size_t colon = text.find(':');
      if (colon == 0 || colon == std::string::npos) {
        throw CassetteFault{where + "/headers/" + std::to_string(headers.size()), "must be a string \"Name: value\""};
      }
      headers.push_back({text.substr(0, colon), std::string(base::trim(std::string_view(text).substr(colon + 1)))});
    }
    return headers;
  }

  static Json read_request_body(const Json& request, const std::string& where) {
    const auto body = request.find("body");
    if (body == request.end() || body->is_null()) return nullptr;
    require_object(*body, where, {"json", "multipart", "text", "base64"});
    if (body->size() != 1) throw CassetteFault{where, "must have one of json, multipart, text and base64"};
    const bool is_text = body->contains("text") || body->contains("base64");
    if (is_text && !body->front().is_string())
      throw CassetteFault{where + "/" + body->begin().key(), "must be a string"};
    return *body;
  }

  static void read_reply(const Json& reply, const std::string& where, CassetteRecord& record) {
    require_object(reply, where, {"status", "headers", "body"});
    const Json& status = required(reply, where, "status");
    if (!status.is_number_integer() || status.get<std::int64_t>() < 100 || status.get<std::int64_t>() > 599) {
      throw CassetteFault{where + "/status", "must be a number from 100 to 599, but is " + to_line(status)};
    }
    record.status = status.get<int>();
    record.reply_headers = read_headers(reply, where);
    const auto body = reply.find("body");
    if (body != reply.end()) record.chunks = read_reply_body(*body, where + "/body");
  }

  static RecordedEnd read_end(const Json& end, const std::string& where) {
    constexpr std::array<std::string_view, 4> names = {"proven", "connection_closed", "finished", "stopped"};
    const auto found = end.is_string() ? std::find(names.begin(), names.end(), end.get<std::string>()) : names.end();
    if (found == names.end()) {
      throw CassetteFault{where, "must be proven, connection_closed, finished or stopped, but is " + to_line(end)};
    }
    return static_cast<RecordedEnd>(found - names.begin());
  }

  static TransportOutcome read_failure(const Json& outcome, const std::string& where) {
    const std::string name = required_string(outcome, where, "failure");
    TransportOutcome failure;
    for (auto i = std::uint8_t{0}; i <= static_cast<std::uint8_t>(TransportFailure::resource); ++i) {
      if (to_string(TransportFailure{i}) == name) failure.failure = TransportFailure{i};
    }
    if (!failure.failure) {
      throw CassetteFault{where + "/failure", "is none of the names of TransportFailure, but \"" + name + "\""};
    }
    const Json& written = required(outcome, where, "request_bytes_written");
    if (!written.is_boolean()) throw CassetteFault{where + "/request_bytes_written", "must be true or false"};
    failure.request_bytes_written = written.get<bool>();
    if (outcome.contains("message")) failure.message = required_string(outcome, where, "message");
    return failure;
  }

  CassetteRecord read_record(const Json& value, const std::string& where) {
    require_object(value, where, {"request", "reply", "outcome"});
    CassetteRecord record;
    record.line = line_of(place_of(where));
    const std::string in_request = where + "/request";
    const Json& request = required(value, where, "request");
    require_object(request, in_request, {"method", "url", "headers", "body"});
    record.method = required_string(request, in_request, "method");
    record.url = required_string(request, in_request, "url");
    record.request_headers = read_headers(request, in_request);
    record.request_body = read_request_body(request, in_request + "/body");

    const auto reply = value.find("reply");
    if (reply != value.end()) read_reply(*reply, where + "/reply", record);

    const std::string in_outcome = where + "/outcome";
    const Json& outcome = required(value, where, "outcome");
    require_object(outcome, in_outcome, {"end", "failure", "request_bytes_written", "message"});
    if (outcome.contains("failure")) {
      if (outcome.contains("end")) throw CassetteFault{in_outcome + "/end", "has no meaning beside failure"};
      record.failure = read_failure(outcome, in_outcome);
    } else {
      record.end = read_end(required(outcome, in_outcome, "end"), in_outcome + "/end");
      if (record.status == 0) throw CassetteFault{where + "/reply", "is missing, although the outcome is no failure"};
    }
    return record;
  }

  // Records come one after the other, so their lines are counted only once.
  std::size_t line_of(std::size_t at) {
    if (at < counted_) {
      counted_ = 0;
      line_ = 1;
    }
    line_ += position_of(text_.substr(counted_), at - counted_).line - 1;
    counted_ = at;
    return line_;
  }

  std::vector<CassetteRecord> read_records(const Json& cassette) {
    require_object(cassette, "", {"version", "records"});
    const Json& version = required(cassette, "", "version");
    if (version != 1) throw CassetteFault{"/version", "must be 1, but is " + to_line(version)};
    const Json& records = required(cassette, "", "records");
    if (!records.is_array()) throw CassetteFault{"/records", "must be an array"};
    std::vector<CassetteRecord> read;
    for (const Json& record : records) read.push_back(read_record(record, "/records/" + std::to_string(read.size())));
    return read;
  }

  std::string_view text_;
  const std::string& name_;
  std::map<std::string, std::size_t> places_;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<std::vector<CassetteRecord>> read_cassette(std::string_view text, const std::string& name) {
  return Reader(text, name).read();
}

}  // namespace chatopen::testing
