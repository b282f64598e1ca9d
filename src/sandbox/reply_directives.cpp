#include "sandbox/reply_directives.hpp"

#include "base/ascii.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/percent.hpp"

#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace chatopen::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, ReplyShape>, 11> shapes = {{
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
}};

[[noreturn]] void refuse(std::string_view directive, const std::string& reason) {
  throw Refusal("X-Sandbox-Reply: " + std::string(directive) + ": " + reason);
}

int parse_integer(std::string_view directive, std::string_view text, int min, int max) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end || number < min || number > max) {
    refuse(directive, "expected an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return number;
}

ReplyShape parse_shape(std::string_view directive, std::string_view text) {
  std::string names;
  for (const auto& [name, shape] : shapes) {
    if (name == text) return shape;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  refuse(directive, "expected one of " + names);
}

std::string parse_text(std::string_view directive, std::string_view value) {
  std::optional<std::string> text = percent_decode(value);
  if (!text) refuse(directive, "a % is without two hexadecimal digits");
  if (!is_utf8(*text)) refuse(directive, "not UTF-8");
  return *std::move(text);
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

void apply(ReplyDirectives& directives, std::string_view directive, std::string_view name, std::string_view value) {
  if (name == "status")
    directives.status = parse_integer(directive, value, 200, 599);
  else if (name == "shape")
    directives.shape = parse_shape(directive, value);
  else if (name == "envelope")
    directives.envelope_code = value;
  else if (name == "text")
    directives.text = parse_text(directive, value);
  else if (name == "retry-after")
    directives.retry_after = value;
  else if (name == "retry-after-ms")
    directives.retry_after_ms = value;
  else if (name == "request-id")
    directives.request_id = value;
  else if (name == "location")
    directives.location = value;
  else if (name == "finish-reason")
    directives.finish_reason = value;
  else if (name == "reasoning")
    directives.reasoning = value;
  else if (name == "tool-call")
    directives.tool_call = value;
  else if (name == "delay-ms")
    directives.delay = std::chrono::milliseconds(parse_integer(directive, value, 0, 600'000));
  else if (name == "together")
    directives.together = parse_integer(directive, value, 2, 10'000);
  else
    refuse(directive, "no such directive");
}

void check_combination(const ReplyDirectives& directives) {
  const bool completion =
      directives.shape == ReplyShape::completion || directives.shape == ReplyShape::completion_in_data;
  const bool envelope = directives.shape == ReplyShape::envelope || directives.shape == ReplyShape::envelope_number;
  if (directives.envelope_code && !envelope) refuse("envelope", "only with shape=envelope or envelope-number");
  if (directives.text && !shows_text(directives.shape)) refuse("text", "not in a reply of this shape");
  if (directives.location && (directives.status < 300 || directives.status > 399)) {
    refuse("location", "only with a status from 300 to 399");
  }
  if (!completion && (directives.finish_reason || directives.reasoning || directives.tool_call)) {
    refuse("finish-reason, reasoning, tool-call", "only with shape=completion or completion-in-data");
  }
}

}  // namespace

ReplyDirectives parse_reply_directives(std::string_view header) {
  ReplyDirectives directives;
  std::set<std::string_view> seen;
  for (bool more = !header.empty(); more;) {
    const auto end = header.find(';');
    const std::string_view directive = base::trim(header.substr(0, end));
    more = end != std::string_view::npos;
    if (more) header.remove_prefix(end + 1);
    const auto equals = directive.find('=');
    if (equals == std::string_view::npos) refuse(directive, "expected name=value");
    const std::string_view name = base::trim(directive.substr(0, equals));
    if (!seen.insert(name).second) refuse(directive, "given twice");
    apply(directives, directive, name, base::trim(directive.substr(equals + 1)));
  }
  check_combination(directives);
  return directives;
}

}  // namespace chatopen::sandbox
