#include "client/history.hpp"

#include "base/refusal.hpp"
#include "codec/request_check.hpp"
#include "codec/strict_json.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <variant>

namespace chatopen {

std::size_t rough_tokens(const Message& message) {
  constexpr std::size_t bytes_per_token = 3;
  constexpr std::size_t picture = 1000;
  std::size_t bytes = message.text.size();
  std::size_t pictures = 0;
  for (const ContentPart& part : message.parts) {
    if (const TextPart* const text = std::get_if<TextPart>(&part)) {
      bytes += text->text.size();
    } else {
      ++pictures;
    }
  }
  for (const ToolCall& call : message.tool_calls) bytes += call.name.size() + call.arguments.size();
  return (bytes + bytes_per_token - 1) / bytes_per_token + pictures * picture;
}

}  // namespace chatopen

namespace chatopen::client {
namespace {

bool asks(const Message& message) noexcept {
  return message.role == Role::user || message.role == Role::system;
}

bool begins_exchange(const std::vector<Message>& history, std::size_t index) noexcept {
  return index == 0 || (asks(history[index]) && !asks(history[index - 1]));
}

// What an estimate makes of a message may be anything.
std::size_t add(std::size_t sum, std::size_t more) noexcept {
  return more > std::numeric_limits<std::size_t>::max() - sum ? std::numeric_limits<std::size_t>::max() : sum + more;
}

// The calls of the last assistant's message that have no result yet.
using OpenCalls = std::vector<std::string_view>;

bool refuses_place(const Message& message, OpenCalls& open, Error& fault) {
  const auto refuse = [&fault](std::initializer_list<std::string_view> what) {
    return base::refuse(fault, ErrorKind::invalid_argument, what,
                        {"a history has whole exchanges: a question, the results of all tools called, an answer"});
  };
  if (message.role == Role::tool) {
    const auto answered = std::find(open.begin(), open.end(), message.tool_call_id);
    if (answered == open.end()) return refuse({" is the result of a call that was not made: ", message.tool_call_id});
    open.erase(answered);
    return false;
  }
  if (!open.empty()) return refuse({" comes before the result of the tool call ", open.front()});
  for (const ToolCall& call : message.tool_calls) open.push_back(call.id);
  return false;
}

}  // namespace

bool refuses_question(const Message& question, Error& fault) {
  if (asks(question)) return false;
  return base::refuse(fault, ErrorKind::invalid_argument, {"the question's role is ", to_string(question.role)},
                      {"ask as user or system; add what others said with Conversation::accept"});
}

bool refuses_history(const std::vector<Message>& messages, std::string_view list, Error& fault) {
  OpenCalls open;
  const auto within = [&](std::size_t index) {
    // Identifiers come from files and models.
    fault = codec::json_fault(fault.kind, std::string(list) + "[" + std::to_string(index) + "]" + fault.message,
                              fault.detail);
    return true;
  };
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (codec::refuses_message(messages[i], codec::saved_names, fault)) {
      fault.message.insert(0, ".");
      return within(i);
    }
    if (refuses_place(messages[i], open, fault)) return within(i);
  }
  if (messages.empty() || (messages.back().role == Role::assistant && messages.back().tool_calls.empty())) return false;
  base::refuse(fault, ErrorKind::invalid_argument, {" is the last, but no answer"},
               {"end with an assistant's message that calls no tools"});
  return within(messages.size() - 1);
}

std::size_t first_kept(const std::vector<Message>& history, const HistoryLimits& limits, std::size_t tokens) {
  std::size_t kept_from = history.size();
  std::size_t exchanges = 0;
  for (std::size_t i = history.size(); i-- > 0;) {
    tokens = add(tokens, tokens_of(history[i], limits));
    if (limits.max_messages && history.size() - i > *limits.max_messages) break;
    if (limits.max_tokens && tokens > *limits.max_tokens) break;
    if (!begins_exchange(history, i)) continue;
    if (limits.max_exchanges && ++exchanges > *limits.max_exchanges) break;
    kept_from = i;
  }
  return kept_from;
}

std::size_t tokens_of(const Message& message, const HistoryLimits& limits) {
  if (!limits.max_tokens) return 0;
  return limits.estimate_tokens ? limits.estimate_tokens(message) : rough_tokens(message);
}

std::size_t tokens_of(const std::vector<Message>& messages, const HistoryLimits& limits) {
  std::size_t sum = 0;
  if (!limits.max_tokens) return sum;
  for (const Message& message : messages) sum = add(sum, tokens_of(message, limits));
  return sum;
}

}  // namespace chatopen::client
