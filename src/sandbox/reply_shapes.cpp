#include "sandbox/reply_shapes.hpp"

#include "sandbox/json_body.hpp"
#include "sandbox/reply_parts.hpp"
#include "sandbox/stream_events.hpp"

namespace chatopen::sandbox {
namespace {

Json make_completion(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                     std::size_t request_bytes) {
  Json message = {{"role", "assistant"}, {"content", text}};
  if (directives.reasoning) message["reasoning_content"] = *directives.reasoning;
  for (std::size_t i = 0; i < directives.tool_calls.size(); ++i) {
    message["content"] = nullptr;
    message["tool_calls"].push_back(make_tool_call(directives, i, tool_arguments(directives, text)));
  }
  Json choice = {{"index", 0}, {"message", message}};
  choice["finish_reason"] = finish_reason(directives);
  Json reply = {{"id", "chatcmpl-sandbox"}, {"object", "chat.completion"}, {"model", model}};
  reply["choices"] = Json::array({choice});
  reply["usage"] = make_usage(request_bytes, text);
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
    case ReplyShape::url:
    case ReplyShape::data_url:
    case ReplyShape::file_url:
    case ReplyShape::data_file_url: return to_text(make_upload(directives, text));
    case ReplyShape::raw: return to_text({{"unknown", {{"received", text}}}});
    case ReplyShape::error_object: return to_text(make_error_object(directives));
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
  if (directives.streams) {
    answer.content_type = "text/event-stream";
    answer.stream = make_stream(directives, model, text, request_bytes);
  } else if (may_have_body(directives.status)) {
    answer.body = make_body(directives, model, text, request_bytes);
  }
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
