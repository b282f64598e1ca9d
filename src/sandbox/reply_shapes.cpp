#include "sandbox/reply_shapes.hpp"

#include "sandbox/json_body.hpp"

#include <charconv>

namespace chatopen::sandbox {
namespace {

constexpr int ok = 200;

bool asks_for_error(const ReplyDirectives& directives) {
  return directives.status != ok || directives.envelope_code.value_or("200") != "200";
}

std::string error_message(const ReplyDirectives& directives) {
  return "status " + std::to_string(directives.status) +
         (directives.envelope_code ? " and envelope code " + *directives.envelope_code : "") + ", as asked for";
}

// Numbers in, numbers out where the code is one; a code that is none stays text.
Json number_or_text(const std::string& text) {
  int number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stopped == text.data() + text.size() ? Json(number) : Json(text);
}

Json make_envelope(const ReplyDirectives& directives, const std::string& text) {
  const std::string code = directives.envelope_code.value_or(std::to_string(directives.status));
  Json envelope;
  envelope["code"] = directives.shape == ReplyShape::envelope_number ? number_or_text(code) : Json(code);
  if (asks_for_error(directives)) {
    envelope["msg"] = error_message(directives);
    envelope["data"]["errorMessage"] = "the request was fine: " + text;
  } else {
    envelope["msg"] = "ok";
    envelope["data"]["answer"] = text;
  }
  return envelope;
}

// The sandbox has no tokeniser; four bytes to a token is the usual rule of thumb.
std::size_t tokens(std::size_t bytes) {
  return (bytes + 3) / 4;
}

Json make_completion(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                     std::size_t request_bytes) {
  Json message = {{"role", "assistant"}, {"content", text}};
  if (directives.reasoning) message["reasoning_content"] = *directives.reasoning;
  std::string finish_reason = "stop";
  if (directives.tool_call) {
    message["content"] = nullptr;
    Json call = {{"id", "call_1"}, {"type", "function"}};
    call["function"] = {{"name", *directives.tool_call}, {"arguments", to_text({{"text", text}})}};
    message["tool_calls"] = Json::array({call});
    finish_reason = "tool_calls";
  }
  Json choice = {{"index", 0}, {"message", message}};
  choice["finish_reason"] = directives.finish_reason.value_or(finish_reason);
  const std::size_t prompt = tokens(request_bytes);
  const std::size_t completion = tokens(text.size());
  Json reply = {{"id", "chatcmpl-sandbox"}, {"object", "chat.completion"}, {"model", model}};
  reply["choices"] = Json::array({choice});
  reply["usage"] = {
      {"prompt_tokens", prompt}, {"completion_tokens", completion}, {"total_tokens", prompt + completion}};
  return reply;
}

std::string make_html(int status) {
  const std::string title = std::to_string(status) + " from the proxy";
  return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body><h1>" + title + "</h1></body>\r\n</html>\r\n";
}

std::string make_body(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                      std::size_t request_bytes) {
  switch (directives.shape) {
    case ReplyShape::envelope:
    case ReplyShape::envelope_number: return to_text(make_envelope(directives, text));
    case ReplyShape::completion: return to_text(make_completion(directives, model, text, request_bytes));
    case ReplyShape::completion_in_data: {
      Json envelope = make_envelope(directives, text);
      envelope["data"] = make_completion(directives, model, text, request_bytes);
      return to_text(envelope);
    }
    case ReplyShape::raw: return to_text({{"unknown", {{"received", text}}}});
    case ReplyShape::error_object: {
      Json error = {{"message", error_message(directives)}, {"type", "sandbox_error"}};
      error["code"] = std::to_string(directives.status);
      return to_text({{"error", error}});
    }
    case ReplyShape::error_text: return to_text({{"error", error_message(directives)}});
    case ReplyShape::truncated: {
      std::string whole = to_text(make_envelope(directives, text));
      whole.resize(whole.size() / 2);
      return whole;
    }
    case ReplyShape::empty: return {};
    case ReplyShape::html: return make_html(directives.status);
    case ReplyShape::invalid_utf8:
      return "{\"code\":\"" + std::to_string(directives.status) + "\",\"msg\":\"\xff\",\"data\":{\"answer\":\"\xff\"}}";
  }
  return {};
}

bool may_have_body(int status) {
  return status != 204 && status != 304;
}

}  // namespace

Answer make_answer(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                   std::size_t request_bytes) {
  Answer answer{.status = directives.status, .delay = directives.delay, .together = directives.together};
  if (directives.shape == ReplyShape::html) answer.content_type = "text/html";
  const auto add = [&answer](const char* name, const std::optional<std::string>& value) {
    if (value) answer.headers.push_back({name, *value});
  };
  add("Retry-After", directives.retry_after);
  add("Retry-After-Ms", directives.retry_after_ms);
  add("X-Request-Id", directives.request_id);
  add("Location", directives.location);
  if (may_have_body(directives.status)) answer.body = make_body(directives, model, text, request_bytes);
  return answer;
}

Answer make_refusal(const Refusal& refusal) {
  Json envelope;
  envelope["code"] = std::to_string(refusal.status());
  envelope["msg"] = refusal.what();
  envelope["data"] = nullptr;
  return {.status = refusal.status(), .headers = refusal.headers(), .body = to_text(envelope)};
}

}  // namespace chatopen::sandbox
