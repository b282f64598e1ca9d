#include "sandbox/reply_directives.hpp"

#include "base/ascii.hpp"
#include "sandbox/directive_values.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/percent.hpp"

#include <array>
#include <set>
#include <utility>

namespace chatopen::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, std::optional<std::string> ReplyDirectives::*>, 7> texts = {{
    {"envelope", &ReplyDirectives::envelope_code},
    {"retry-after", &ReplyDirectives::retry_after},
    {"retry-after-ms", &ReplyDirectives::retry_after_ms},
    {"request-id", &ReplyDirectives::request_id},
    {"location", &ReplyDirectives::location},
    {"finish-reason", &ReplyDirectives::finish_reason},
    {"reasoning", &ReplyDirectives::reasoning},
}};

constexpr std::array<std::pair<std::string_view, bool>, 1> no = {{{"no", false}}};

constexpr std::array<std::pair<std::string_view, ReplyShape>, 15> shapes = {{
    {"envelope", ReplyShape::envelope},
    {"envelope-number", ReplyShape::envelope_number},
    {"completion", ReplyShape::completion},
    {"completion-in-data", ReplyShape::completion_in_data},
    {"raw", ReplyShape::raw},
    {"error-object", ReplyShape::error_object},
    {"error-text", ReplyShape::error_text},
    {"truncated", ReplyShape::truncated},
    {"empty", ReplyShape::empty},
    {"html", ReplyShape::html},
    {"invalid-utf8", ReplyShape::invalid_utf8},
    {"url", ReplyShape::url},
    {"data.url", ReplyShape::data_url},
    {"fileUrl", ReplyShape::file_url},
    {"data.fileUrl", ReplyShape::data_file_url},
}};

std::string parse_text(std::string_view directive, std::string_view value) {
  std::optional<std::string> text = percent_decode(value);
  if (!text) refuse_directive(directive, "a % is without two hexadecimal digits");
  if (!is_utf8(*text)) refuse_directive(directive, "not UTF-8");
  return *std::move(text);
}

std::vector<std::string_view> split(std::string_view value, char separator) {
  std::vector<std::string_view> items;
  for (auto end = value.find(separator); end != std::string_view::npos; end = value.find(separator)) {
    items.push_back(value.substr(0, end));
    value.remove_prefix(end + 1);
  }
  items.push_back(value);
  return items;
}

bool shows_text(ReplyShape shape) {
  switch (shape) {
    case ReplyShape::error_object:
    case ReplyShape::error_text:
    case ReplyShape::empty:
    case ReplyShape::html:
    case ReplyShape::invalid_utf8: return false;
    default: return true;
  }
}

bool is_of_upload(ReplyShape shape) {
  return shape >= ReplyShape::url;
}

bool can_stream(ReplyShape shape) {
  return shape <= ReplyShape::completion_in_data;
}

void apply(ReplyDirectives& directives, std::string_view directive, std::string_view name, std::string_view value) {
  for (const auto& [text_name, member] : texts) {
    if (text_name != name) continue;
    directives.*member = value;
    return;
  }
  if (name == "status")
    directives.status = parse_integer(directive, value, 200, 599);
  else if (name == "shape")
    directives.shape = parse_choice(directive, value, shapes);
  else if (name == "text")
    directives.text = parse_text(directive, value);
  else if (name == "texts")
    for (const std::string_view text : split(value, '|')) directives.texts.push_back(parse_text(directive, text));
  else if (name == "tool-call")
    for (const std::string_view tool : split(value, ',')) directives.tool_calls.emplace_back(base::trim(tool));
  else if (name == "tool-arguments")
    directives.tool_arguments = parse_text(directive, value);
  else if (name == "tool-rounds")
    directives.tool_rounds = parse_integer(directive, value, 1, 10'000);
  else if (name == "delay-ms")
    directives.delay = std::chrono::milliseconds(parse_integer(directive, value, 0, 600'000));
  else if (name == "together")
    directives.together = parse_integer(directive, value, 2, 10'000);
  else if (name == "stream")
    (void)parse_choice(directive, value, no);
  else if (!apply_picture_directive(directives.pictures, directive, name, value) &&
           !apply_stream_directive(directives.stream, directive, name, value))
    refuse_directive(directive, "no such directive");
}

// An error has one reply, also where a call asks for a stream, unless it is to come in the midst of one.
void decide_on_stream(ReplyDirectives& directives, const std::set<std::string_view>& given, UsualReply usual) {
  const bool error = directives.status != 200 || (directives.envelope_code && !directives.stream.error_after);
  const bool shape_given = given.count("shape") > 0;
  const bool asks = usual == UsualReply::envelope_stream || usual == UsualReply::completion_stream;
  const bool would_stream = asks && !error && (!shape_given || can_stream(directives.shape));
  const bool unwanted = given.count("stream") > 0;
  if (unwanted && !would_stream) refuse_directive("stream", "only where the reply would be a stream");
  directives.streams = would_stream && !unwanted;
  if (!directives.streams) return refuse_stream_directives(directives.stream);
  if (!shape_given && usual == UsualReply::completion_stream) directives.shape = ReplyShape::completion;
  settle_stream_directives(directives.stream);
}

// What only chats, or only uploads, are answered with.
void settle_shape(ReplyDirectives& directives, bool shape_given, UsualReply usual) {
  const bool upload = usual == UsualReply::upload;
  if (upload && !shape_given) directives.shape = ReplyShape::data_url;
  const bool of_chat = directives.shape <= ReplyShape::completion_in_data;
  if (upload ? of_chat : is_of_upload(directives.shape)) refuse_directive("shape", "not at this path");
}

void check_pictures(const ReplyDirectives& directives, UsualReply usual) {
  if (usual != UsualReply::pictures) return refuse_picture_directives(directives.pictures);
  if (directives.text) refuse_directive("text", "a picture says nothing");
  if (directives.shape == ReplyShape::completion || directives.shape == ReplyShape::completion_in_data) {
    refuse_directive("shape", "pictures come in an envelope");
  }
  const bool error = directives.status != 200 || directives.envelope_code.value_or("200") != "200";
  const bool envelope = directives.shape == ReplyShape::envelope || directives.shape == ReplyShape::envelope_number;
  if (error || !envelope) refuse_picture_directives(directives.pictures);
}

void check_combination(const ReplyDirectives& directives) {
  const bool completion =
      directives.shape == ReplyShape::completion || directives.shape == ReplyShape::completion_in_data;
  const bool envelope = directives.shape == ReplyShape::envelope || directives.shape == ReplyShape::envelope_number;
  if (directives.envelope_code && !envelope && !is_of_upload(directives.shape) && !directives.streams) {
    refuse_directive("envelope", "only with shape=envelope or envelope-number");
  }
  if (directives.envelope_code == "200" && directives.streams) refuse_directive("envelope", "200 is no error");
  if (directives.text && !directives.texts.empty()) refuse_directive("texts", "not with text");
  if ((directives.text || !directives.texts.empty()) && !shows_text(directives.shape)) {
    refuse_directive("text, texts", "not in a reply of this shape");
  }
  if (directives.tool_calls.empty() && (directives.tool_arguments || directives.tool_rounds)) {
    refuse_directive("tool-arguments, tool-rounds", "only with tool-call");
  }
  if (directives.location && (directives.status < 300 || directives.status > 399)) {
    refuse_directive("location", "only with a status from 300 to 399");
  }
  if (!completion && (directives.finish_reason || directives.reasoning || !directives.tool_calls.empty())) {
    refuse_directive("finish-reason, reasoning, tool-call", "only with shape=completion or completion-in-data");
  }
  if (directives.finish_reason && (directives.stream.error_after || directives.stream.cut_after)) {
    refuse_directive("finish-reason", "not in a stream that ends before it");
  }
}

}  // namespace

ReplyDirectives parse_reply_directives(std::string_view header, UsualReply usual) {
  ReplyDirectives directives;
  std::set<std::string_view> given;
  for (bool more = !header.empty(); more;) {
    const auto end = header.find(';');
    const std::string_view directive = base::trim(header.substr(0, end));
    more = end != std::string_view::npos;
    if (more) header.remove_prefix(end + 1);
    const auto equals = directive.find('=');
    if (equals == std::string_view::npos) refuse_directive(directive, "expected name=value");
    const std::string_view name = base::trim(directive.substr(0, equals));
    if (!given.insert(name).second) refuse_directive(directive, "given twice");
    apply(directives, directive, name, base::trim(directive.substr(equals + 1)));
  }
  settle_shape(directives, given.count("shape") > 0, usual);
  decide_on_stream(directives, given, usual);
  check_pictures(directives, usual);
  check_combination(directives);
  return directives;
}

}  // namespace chatopen::sandbox
