// Any lines as the events of a stream: never a crash, each delta says something in valid UTF-8, errors are bounded and
// redacted, and no mark of a surrogate half comes out.
#include "checks.hpp"

#include "codec/chunk_decoder.hpp"
#include "stream/reply_builder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace chatopen::fuzz;

namespace {

constexpr std::string_view mark_lead = "\xF4\x8D";

// Adds up all text that came.
void check_text(const std::string& text, std::string& all) {
  require(simdjson::validate_utf8(text));
  all += text;
}

void check_delta(const chatopen::ChatDelta& delta, std::string& all) {
  const std::size_t before = all.size();
  check_text(delta.text, all);
  check_text(delta.reasoning, all);
  check_text(delta.finish_reason, all);
  if (delta.tool_call) {
    require(delta.tool_call->index >= 0);
    check_text(delta.tool_call->id, all);
    check_text(delta.tool_call->name, all);
    check_text(delta.tool_call->arguments, all);
  }
  if (delta.usage) {
    require(delta.usage->prompt_tokens >= 0 && delta.usage->completion_tokens >= 0 && delta.usage->total_tokens >= 0);
  }
  require(all.size() > before || delta.usage);
}

// Whether a mark in what comes out could be a character that went in.
bool may_spell_marks(std::string_view events) {
  std::string lower(events);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return events.find(mark_lead) != std::string_view::npos || lower.find("\\udbf") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Step = chatopen::codec::ChunkDecoder::Step;
  const chatopen::base::Redactor redactor{std::vector<std::string_view>{secret}};
  const std::string_view events(reinterpret_cast<const char*>(data), size);
  chatopen::codec::ChunkDecoder decoder(redactor);
  chatopen::stream::ReplyBuilder builder;
  std::string all;
  std::string text;
  auto on_delta = [&](const chatopen::ChatDelta& delta) {
    check_delta(delta, all);
    builder.add(delta);
    text += delta.text;
  };
  const chatopen::detail::DeltaCallback callback(on_delta);

  chatopen::Error error;
  Step step = Step::more;
  for (std::string_view rest = events; step == Step::more && !rest.empty();) {
    const std::string_view event = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(event.size() + 1, rest.size()));
    step = decoder.decode(event, 200, callback, error);
  }
  require(step != Step::stopped);
  if (step == Step::failed) check_error(error);
  require(decoder.finish(callback));
  check_text(decoder.model(), all);
  check_text(decoder.request_id(), all);
  require(may_spell_marks(events) || all.find(mark_lead) == std::string::npos);
  chatopen::ChatReply::Fields reply;
  builder.finish(reply);
  require(reply.text == text);
  require(decoder.saw_finish_reason() || reply.finish_reason.empty());
  return 0;
}
