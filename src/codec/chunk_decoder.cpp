#include "codec/chunk_decoder.hpp"

#include "codec/completion.hpp"
#include "codec/error_shapes.hpp"
#include "codec/json_members.hpp"
#include "codec/surrogate_halves.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace chatopen::codec {
namespace {

constexpr int text_channel = -2;
constexpr int reasoning_channel = -1;

// As in the parser: an event that is larger does not leave its memory to the small ones that follow.
constexpr std::size_t max_kept_bytes = std::size_t{1024} * 1024;

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view white_space = " \t\r\n";
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

bool says_something(const ChatDelta& delta) noexcept {
  return !delta.text.empty() || !delta.reasoning.empty() || delta.tool_call || !delta.finish_reason.empty() ||
         delta.usage;
}

bool says_something(const ToolCallDelta& call) noexcept {
  return !call.id.empty() || !call.name.empty() || !call.arguments.empty();
}

// Replaces the marks of a text that comes whole.
void settle(std::string& text) {
  if (join_marks(text) != 0) text += replacement_character;
}

// Those of a request for several answers have numbers; the first is the reply.
std::optional<Json> first_choice(const std::optional<Json>& choices) {
  simdjson::dom::array list;
  if (!choices || choices->get(list) != simdjson::SUCCESS) return std::nullopt;
  for (const Json choice : list) {
    if (count_of(member_of(choice, "index")).value_or(0) == 0) return choice;
  }
  return std::nullopt;
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view data, int http_status, const detail::DeltaCallback& on_delta,
                                        Error& error) {
  const std::string_view word = trimmed(data);
  if (word.empty()) return Step::more;
  if (word == "[DONE]") return Step::done;
  clear_delta();
  // The callback comes after the document, since a call that it makes would use the same parser.
  Step step = Step::more;
  if (!read(data)) {
    error = refusal(http_status);
    step = Step::failed;
  } else if (!hand_out(on_delta)) {
    step = Step::stopped;
  }
  if (event_.capacity() > max_kept_bytes) release_memory();
  return step;
}

bool ChunkDecoder::finish(const detail::DeltaCallback& on_delta) {
  for (const auto& [channel, half] : std::exchange(waiting_, {})) {
    clear_delta();
    if (channel == text_channel) {
      delta_.text = replacement_character;
    } else if (channel == reasoning_channel) {
      delta_.reasoning = replacement_character;
    } else {
      next_call(channel).arguments = replacement_character;
      ++call_count_;
    }
    if (!hand_out(on_delta)) return false;
  }
  return true;
}

void ChunkDecoder::clear_delta() noexcept {
  delta_.text.clear();
  delta_.reasoning.clear();
  delta_.tool_call.reset();
  delta_.finish_reason.clear();
  delta_.usage.reset();
  call_count_ = 0;
  finish_reason_.clear();
  usage_.reset();
}

// False when the event is to be refused.
bool ChunkDecoder::read(std::string_view data) {
  event_.reserve(data.size() + simdjson::SIMDJSON_PADDING);
  event_ = data;
  const JsonDocument document(event_, Halves::marked);
  if (document.error() != simdjson::SUCCESS || !document.root().is_object()) return false;
  const Members root = members_of(document.root());
  const Members envelope = members_of(root.data);
  if (carries_error(root, envelope)) return false;
  has_marks_ = document.has_marks();
  const Members& completion = completion_of(root, envelope);
  read_choices(completion.choices);
  if (const auto answer = string_of(envelope.answer)) delta_.text = *answer;
  join_halves(text_channel, delta_.text);
  join_halves(reasoning_channel, delta_.reasoning);
  if (completion.usage) usage_ = usage_of(completion.usage);
  if (model_.empty()) read_word(completion.model, model_);
  if (request_id_.empty()) read_word(completion.id, request_id_);
  return true;
}

void ChunkDecoder::read_choices(const std::optional<Json>& choices) {
  const std::optional<Json> choice = first_choice(choices);
  if (!choice) return;
  std::optional<Json> piece = member_of(choice, "delta");
  if (!piece) piece = member_of(choice, "message");
  append_content(member_of(piece, "content"), delta_.text);
  delta_.reasoning = text_of(member_of(piece, "reasoning_content"));
  read_tool_calls(member_of(piece, "tool_calls"));
  read_word(member_of(choice, "finish_reason"), finish_reason_);
  saw_finish_reason_ = saw_finish_reason_ || !finish_reason_.empty();
}

void ChunkDecoder::read_tool_calls(const std::optional<Json>& tool_calls) {
  simdjson::dom::array list;
  if (!tool_calls || tool_calls->get(list) != simdjson::SUCCESS) return;
  int position = 0;
  for (const Json each : list) {
    const std::int64_t index = count_of(member_of(each, "index")).value_or(position);
    ToolCallDelta& call = next_call(index <= std::numeric_limits<int>::max() ? static_cast<int>(index) : position);
    append_tool_call(each, call.id, call.name, call.arguments);
    if (has_marks_) {
      settle(call.id);
      settle(call.name);
    }
    join_halves(call.index, call.arguments);
    if (says_something(call)) ++call_count_;
    ++position;
  }
}

// Where the next piece of a tool call goes; `call_count_` does not count it yet.
ToolCallDelta& ChunkDecoder::next_call(int index) {
  if (call_count_ == calls_.size()) calls_.emplace_back();
  ToolCallDelta& call = calls_[call_count_];
  call.index = index;
  call.id.clear();
  call.name.clear();
  call.arguments.clear();
  return call;
}

void ChunkDecoder::read_word(const std::optional<Json>& value, std::string& word) const {
  word = text_of(value);
  if (has_marks_) settle(word);
}

// Joins the halves in a piece, also with the half that waits for it.
void ChunkDecoder::join_halves(int channel, std::string& piece) {
  if (piece.empty() || (!has_marks_ && waiting_.empty())) return;
  if (const auto before = waiting_.find(channel); before != waiting_.end()) {
    std::string start;
    if (has_marks_) {
      append_mark(before->second, start);
    } else {
      start = replacement_character;
    }
    piece.insert(0, start);
    waiting_.erase(before);
  }
  if (!has_marks_) return;
  if (const unsigned high = join_marks(piece)) waiting_[channel] = high;
}

Error ChunkDecoder::refusal(int http_status) {
  constexpr std::string_view subject = "an event of the stream";
  // Parsed again, since marks have no place in an error.
  const JsonDocument document(event_);
  if (document.error() != simdjson::SUCCESS) {
    return unreadable(http_status, document.error(), subject, event_, redactor_);
  }
  const Members root = members_of(document.root());
  if (auto error = carried_error(http_status, root, members_of(root.data), event_, redactor_)) return *std::move(error);
  return unreadable(http_status, simdjson::INCORRECT_TYPE, subject, event_, redactor_);
}

// Several pieces of tool calls take a delta each: what goes before them comes with the first, what ends the reply with
// the last.
bool ChunkDecoder::hand_out(const detail::DeltaCallback& on_delta) {
  const std::size_t deltas = std::max<std::size_t>(call_count_, 1);
  for (std::size_t i = 0; i < deltas; ++i) {
    if (i < call_count_) delta_.tool_call = std::move(calls_[i]);
    if (i + 1 == deltas) {
      delta_.finish_reason = finish_reason_;
      delta_.usage = usage_;
    }
    if (says_something(delta_) && !on_delta(delta_)) return false;
    if (i < call_count_) calls_[i] = *std::exchange(delta_.tool_call, std::nullopt);
    delta_.text.clear();
    delta_.reasoning.clear();
  }
  return true;
}

// Moved from, since assigning an empty string would keep the memory.
void ChunkDecoder::release_memory() {
  const std::string event = std::move(event_);
  const ChatDelta delta = std::move(delta_);
  const std::vector<ToolCallDelta> calls = std::move(calls_);
}

}  // namespace chatopen::codec
