#include "sandbox/reply_parts.hpp"

#include <charconv>

namespace chatopen::sandbox {
namespace {

constexpr int ok = 200;

bool asks_for_error(const ReplyDirectives& directives) {
  return directives.status != ok || directives.envelope_code.value_or("200") != "200";
}

std::string code(const ReplyDirectives& directives) {
  return directives.envelope_code.value_or(std::to_string(directives.status));
}

// Numbers in, numbers out where the code is one; a code that is none stays text.
Json number_or_text(const std::string& text) {
  int number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stopped == text.data() + text.size() ? Json(number) : Json(text);
}

// The sandbox has no tokeniser; four bytes to a token is the usual rule of thumb.
std::size_t tokens(std::size_t bytes) {
  return (bytes + 3) / 4;
}

}  // namespace

std::string error_message(const ReplyDirectives& directives) {
  return "status " + std::to_string(directives.status) +
         (directives.envelope_code ? " and envelope code " + *directives.envelope_code : "") + ", as asked for";
}

Json make_envelope(const ReplyDirectives& directives, const std::string& text) {
  Json envelope;
  envelope["code"] = directives.shape == ReplyShape::envelope_number ? number_or_text(code(directives))  //
                                                                     : Json(code(directives));
  if (asks_for_error(directives)) {
    envelope["msg"] = error_message(directives);
    envelope["data"]["errorMessage"] = "the request was fine: " + text;
  } else {
    envelope["msg"] = "ok";
    envelope["data"]["answer"] = text;
  }
  return envelope;
}

Json make_upload(const ReplyDirectives& directives, const std::string& url) {
  if (asks_for_error(directives)) return make_envelope(directives, url);
  const bool is_file_url = directives.shape == ReplyShape::file_url || directives.shape == ReplyShape::data_file_url;
  Json place;
  place[is_file_url ? "fileUrl" : "url"] = url;
  if (directives.shape == ReplyShape::url || directives.shape == ReplyShape::file_url) return place;
  Json envelope = {{"code", code(directives)}, {"msg", "ok"}};
  envelope["data"] = place;
  return envelope;
}

Json make_error_object(const ReplyDirectives& directives) {
  Json error = {{"message", error_message(directives)}, {"type", "sandbox_error"}};
  error["code"] = code(directives);
  return {{"error", error}};
}

Json make_usage(std::size_t request_bytes, const std::string& text) {
  const std::size_t prompt = tokens(request_bytes);
  const std::size_t completion = tokens(text.size());
  return {{"prompt_tokens", prompt}, {"completion_tokens", completion}, {"total_tokens", prompt + completion}};
}

Json make_tool_call(const ReplyDirectives& directives, std::size_t place, const std::string& arguments) {
  const std::size_t number = directives.earlier_calls + place + 1;
  Json call = {{"id", "call_" + std::to_string(number)}, {"type", "function"}};
  call["function"] = {{"name", directives.tool_calls[place]}, {"arguments", arguments}};
  return call;
}

std::string tool_arguments(const ReplyDirectives& directives, const std::string& text) {
  return directives.tool_arguments.value_or(to_text({{"text", text}}));
}

std::string finish_reason(const ReplyDirectives& directives) {
  return directives.finish_reason.value_or(directives.tool_calls.empty() ? "stop" : "tool_calls");
}

}  // namespace chatopen::sandbox
