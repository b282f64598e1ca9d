#include "codec/error_shapes.hpp"

#include "base/ascii.hpp"
#include "base/status.hpp"
#include "codec/decode.hpp"
#include "codec/json_print.hpp"

#include <string>

namespace chatopen::codec {
namespace {

constexpr std::size_t max_code_bytes = 256;
constexpr std::size_t max_message_bytes = 4096;
constexpr std::size_t max_snippet_bytes = 1024;
constexpr std::string_view success_code = "200";

/// What the service said about an error, in whichever shape; views into the document.
struct Complaint {
  std::string code;
  std::string_view message;
  std::string_view detail;
};

// As text: a string, a whole number, or whatever JSON else stands there.
std::optional<std::string> code_of(const std::optional<Json>& value) {
  if (!value) return std::nullopt;
  if (const auto text = string_of(value)) return std::string(*text);
  if (const auto integer = integer_of(*value)) return std::to_string(*integer);
  return print_json(*value);
}

// `{"error":{…}}`, `{"error":"text"}`, and `{"error":true}` or a number beside a message. Others, such as `false`, zero
// and the empty string or list, are how some servers say that there is none.
bool is_error(const std::optional<Json>& error) {
  if (!error) return false;
  bool flag = false;
  if (error->get(flag) == simdjson::SUCCESS) return flag;
  double number = 0;
  if (error->get(number) == simdjson::SUCCESS) return number != 0;
  simdjson::dom::array list;
  if (error->get(list) == simdjson::SUCCESS) return list.begin() != list.end();
  return error->is_object() || !text_of(error).empty();
}

std::string_view first_of(std::string_view a, std::string_view b) noexcept {
  return a.empty() ? b : a;
}

// An envelope that refuses speaks for itself, and an `error` member adds to it; otherwise it is the other way round.
Complaint complaint_of(const Members& root, const Members& data) {
  const std::optional<Json>& error = is_error(root.error) ? root.error : data.error;
  const Members members = members_of(error);
  const std::string envelope_code = code_of(root.code).value_or(std::string());
  const bool succeeds = envelope_code == success_code;
  const bool refuses = !envelope_code.empty() && !succeeds;
  // What a success says ("ok") does not describe an error.
  const std::string_view envelope_words = succeeds ? "" : first_of(text_of(root.msg), text_of(root.message));
  const std::string_view error_words = first_of(text_of(members.message), text_of(error));
  const std::string_view more = refuses ? error_words : envelope_words;

  Complaint complaint;
  complaint.code = refuses ? envelope_code : code_of(members.code).value_or(std::string());
  if (complaint.code.empty()) complaint.code = text_of(members.type);
  if (complaint.code.empty() && error && error->is_number()) complaint.code = *code_of(error);
  complaint.message = first_of(refuses ? envelope_words : error_words, more);
  complaint.detail = first_of(text_of(data.error_message), complaint.message == more ? "" : more);
  return complaint;
}

Error error_of(ErrorKind kind, int http_status, const Complaint& complaint, std::string_view body,
               const base::Redactor& redactor) {
  return {.kind = kind,
          .http_status = http_status,
          .code = redactor.redact(complaint.code, max_code_bytes),
          .message = redactor.redact(complaint.message, max_message_bytes),
          .detail = redactor.redact(complaint.detail, max_message_bytes),
          .body_snippet = redactor.redact(body, max_snippet_bytes, base::TextEnd::maybe_cut)};
}

ErrorKind kind_of_code(std::string_view code) noexcept {
  const std::int64_t status = base::parse_digits(code).value_or(0);
  return status >= 400 && status < 600 ? base::kind_of_status(static_cast<int>(status)) : ErrorKind::api;
}

std::string describe_status(int http_status) {
  const std::string_view reason = base::reason_phrase(http_status);
  std::string text = "HTTP " + std::to_string(http_status);
  if (!reason.empty()) text.append(1, ' ').append(reason);
  return text;
}

bool looks_like_html(std::string_view body) noexcept {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '<';
}

}  // namespace

bool carries_error(const Members& root, const Members& data) {
  const std::optional<std::string> code = code_of(root.code);
  const bool refuses = code && *code != success_code;
  return refuses || is_error(root.error) || is_error(data.error);
}

std::optional<Error> carried_error(int http_status, const Members& root, const Members& data, std::string_view body,
                                   const base::Redactor& redactor) {
  if (!carries_error(root, data)) return std::nullopt;
  const Complaint complaint = complaint_of(root, data);
  Error error = error_of(kind_of_code(complaint.code), http_status, complaint, body, redactor);
  if (error.message.empty()) {
    error.message = "the service answered with " + (error.code.empty() ? "an error" : "code " + error.code);
  }
  return error;
}

Error unreadable(int http_status, simdjson::error_code why, std::string_view subject, std::string_view body,
                 const base::Redactor& redactor) {
  ErrorKind kind = ErrorKind::protocol;
  std::string_view fault;
  std::string_view detail;
  switch (why) {
    case simdjson::EMPTY: fault = "is empty"; break;
    case simdjson::UTF8_ERROR: fault = "is not valid UTF-8"; break;
    case simdjson::DEPTH_ERROR: fault = "is nested too deeply"; break;
    case simdjson::INCORRECT_TYPE: fault = "is not a JSON object"; break;
    case simdjson::CAPACITY:
      kind = ErrorKind::too_large;
      fault = "is larger than 4 GiB";
      break;
    case simdjson::MEMALLOC:
      kind = ErrorKind::io;
      fault = "needs more memory than there is";
      break;
    default:
      fault = "is not JSON";
      detail = looks_like_html(body) ? "it looks like HTML: is base_url right, or did a proxy answer?"
                                     : simdjson::error_message(why);
      break;
  }
  const std::string message = std::string(subject).append(" ").append(fault);
  return error_of(kind, http_status, {.code = {}, .message = message, .detail = detail}, body, redactor);
}

Error decode_error(int http_status, std::string_view body, const base::Redactor& redactor) {
  std::string text;
  text.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  text = body;
  const JsonDocument document(text);
  Complaint complaint;
  if (document.error() == simdjson::SUCCESS) {
    const Members root = members_of(document.root());
    complaint = complaint_of(root, members_of(root.data));
    if (complaint.message.empty()) complaint.message = text_of(document.root());
  }
  Error error = error_of(base::kind_of_status(http_status), http_status, complaint, body, redactor);
  if (error.message.empty()) error.message = describe_status(http_status);
  return error;
}

}  // namespace chatopen::codec
