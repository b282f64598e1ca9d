#include "sandbox/turn.hpp"

#include <algorithm>
#include <cstddef>

namespace chatopen::sandbox {
namespace {

struct Past {
  /// Messages of the assistant.
  std::size_t turns = 0;
  std::size_t calls = 0;
  /// Messages of the assistant that called tools, since the last question.
  int rounds = 0;
};

Past past_of(const Json& body) {
  Past past;
  const Json* const messages = find(body, "messages");
  if (messages == nullptr) return past;
  for (const Json& message : *messages) {
    if (message["role"] == "user") past.rounds = 0;
    if (message["role"] != "assistant") continue;
    ++past.turns;
    const Json* const calls = find(message, "tool_calls");
    if (calls == nullptr) continue;
    past.calls += calls->size();
    ++past.rounds;
  }
  return past;
}

}  // namespace

void take_turn(ReplyDirectives& directives, const Json& body) {
  const Past past = past_of(body);
  if (!directives.texts.empty()) directives.text = directives.texts[std::min(past.turns, directives.texts.size() - 1)];
  directives.earlier_calls = past.calls;
  if (past.rounds >= directives.tool_rounds.value_or(1)) directives.tool_calls.clear();
}

}  // namespace chatopen::sandbox
