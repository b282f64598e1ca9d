#include "sandbox/stream_events.hpp"

#include "sandbox/directive_values.hpp"
#include "sandbox/reply_parts.hpp"
#include "sandbox/stream_pieces.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chatopen::sandbox {
namespace {

struct Script {
  std::vector<std::string> events = {};
  /// How many events are out once so many pieces are.
  std::vector<std::size_t> events_after = {0};
};

/// Makes the events of one reply.
class EventMaker {
 public:
  EventMaker(const ReplyDirectives& directives, const std::string& model)
      : success_(directives), failure_(directives), model_(model) {
    success_.envelope_code.reset();
    if (!failure_.envelope_code) failure_.envelope_code = "500";
  }

  [[nodiscard]] std::string event(std::string_view data) const {
    // Envelopes have been observed without a space after the colon; chat completions usually have one.
    const char* field = success_.shape == ReplyShape::completion ? "data: " : "data:";
    return field + std::string(data) + "\n\n";
  }

  [[nodiscard]] std::string envelope() const { return event(to_text(make_envelope(success_, ""))); }

  [[nodiscard]] std::string chunk(const Json& delta, const Json& finish_reason = nullptr) const {
    Json choice = {{"index", 0}, {"delta", delta}};
    choice["finish_reason"] = finish_reason;
    return chunk_with("choices", Json::array({choice}));
  }

  [[nodiscard]] std::string usage(const Json& usage) const { return chunk_with("choices", Json::array(), usage); }

  [[nodiscard]] std::string error(const std::string& text) const {
    return event(to_text(success_.shape == ReplyShape::completion ? make_error_object(failure_)
                                                                  : make_envelope(failure_, text)));
  }

 private:
  [[nodiscard]] std::string chunk_with(const char* name, const Json& value, const Json& usage = nullptr) const {
    Json chunk = {{"id", "chatcmpl-sandbox"}, {"object", "chat.completion.chunk"}, {"model", model_}};
    chunk[name] = value;
    if (!usage.is_null()) chunk["usage"] = usage;
    if (success_.shape == ReplyShape::completion) return event(to_text(chunk));
    Json envelope = make_envelope(success_, "");
    envelope["data"] = chunk;
    return event(to_text(envelope));
  }

  ReplyDirectives success_;
  ReplyDirectives failure_;
  const std::string& model_;
};

// Puts each piece into the last empty string of the frame, an event. Only there do two quotes stand together: those of
// the model's name come earlier.
void add_pieces(Script& script, const std::string& frame, const std::vector<std::string>& pieces) {
  const std::size_t place = frame.rfind("\"\"") + 1;
  for (const std::string& piece : pieces) {
    script.events.push_back(std::string(frame).insert(place, piece));
    script.events_after.push_back(script.events.size());
  }
}

std::vector<std::string> split(const std::string& text, const StreamDirectives& directives) {
  if (directives.events) return split_evenly(text, static_cast<std::size_t>(*directives.events));
  return directives.split_surrogates ? split_by_words_and_surrogates(text) : split_by_words(text);
}

Script script_of_chunks(const ReplyDirectives& directives, const EventMaker& make, const std::string& text,
                        std::size_t request_bytes) {
  Script script;
  script.events.push_back(
      make.chunk({{"role", "assistant"}, {"content", directives.tool_calls.empty() ? Json("") : Json()}}));
  if (directives.reasoning) {
    add_pieces(script, make.chunk({{"reasoning_content", ""}}), split_by_words(*directives.reasoning));
  }
  for (std::size_t i = 0; i < directives.tool_calls.size(); ++i) {
    Json call = {{"index", i}};
    call.update(make_tool_call(directives, i, ""));
    script.events.push_back(make.chunk({{"tool_calls", Json::array({call})}}));
    const Json fragment = {{"index", i}, {"function", {{"arguments", ""}}}};
    add_pieces(script, make.chunk({{"tool_calls", Json::array({fragment})}}),
               split(tool_arguments(directives, text), directives.stream));
  }
  if (directives.tool_calls.empty()) {
    add_pieces(script, make.chunk({{"content", ""}}), split(text, directives.stream));
  }
  script.events.push_back(make.chunk(Json::object(), finish_reason(directives)));
  script.events.push_back(make.usage(make_usage(request_bytes, text)));
  return script;
}

std::size_t events_after(const Script& script, std::string_view directive, int pieces) {
  const auto wanted = static_cast<std::size_t>(pieces);
  if (wanted >= script.events_after.size()) {
    refuse_directive(directive, "the stream has fewer pieces: " + std::to_string(script.events_after.size() - 1));
  }
  return script.events_after[wanted];
}

// The events and, where nothing prevents it, `[DONE]`.
std::vector<std::string> end_events(Script script, const StreamDirectives& directives, const EventMaker& make,
                                    const std::string& text) {
  std::vector<std::string> events = std::move(script.events);
  const auto at = [&events](std::size_t place) { return events.begin() + static_cast<std::ptrdiff_t>(place); };
  if (directives.error_after) {
    events.resize(events_after(script, "error-after", *directives.error_after));
    events.push_back(make.error(text));
    return events;
  }
  if (directives.malformed_after) {
    events.insert(at(events_after(script, "malformed-after", *directives.malformed_after)),
                  make.event(R"({"code":"200","msg":)"));
  }
  if (directives.cut_after) events.resize(events_after(script, "cut-after", *directives.cut_after));
  if (!directives.cut) events.push_back(make.event("[DONE]"));
  return events;
}

std::vector<std::string> split_by_bytes(const std::vector<std::string>& events, std::size_t size) {
  std::string body;
  for (const std::string& event : events) body += event;
  std::vector<std::string> writes;
  for (std::size_t begin = 0; begin < body.size(); begin += size) writes.push_back(body.substr(begin, size));
  return writes;
}

StreamBody::End end_of(std::optional<StreamCut> cut) {
  if (cut == StreamCut::reset) return StreamBody::End::reset;
  return cut == StreamCut::close ? StreamBody::End::close : StreamBody::End::last_chunk;
}

}  // namespace

StreamBody make_stream(const ReplyDirectives& directives, const std::string& model, const std::string& text,
                       std::size_t request_bytes) {
  const EventMaker make(directives, model);
  const StreamDirectives& stream = directives.stream;
  Script script;
  if (directives.shape == ReplyShape::completion || directives.shape == ReplyShape::completion_in_data)
    script = script_of_chunks(directives, make, text, request_bytes);
  else
    add_pieces(script, make.envelope(), split(text, stream));
  std::vector<std::string> events = end_events(std::move(script), stream, make, text);
  events.insert(events.begin(), static_cast<std::size_t>(stream.heartbeats.value_or(0)), ": keep-alive\n\n");
  return {.writes = stream.chunk_bytes ? split_by_bytes(events, static_cast<std::size_t>(*stream.chunk_bytes))
                                       : std::move(events),
          .pace = std::chrono::milliseconds(stream.pace_ms.value_or(0)),
          .linger = std::chrono::milliseconds(stream.linger_ms.value_or(0)),
          .end = end_of(stream.cut)};
}

}  // namespace chatopen::sandbox
