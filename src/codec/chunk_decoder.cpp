#include "codec/chunk_decoder.hpp"

#include "codec/completion.hpp"
#include "codec/error_shapes.hpp"
#include "codec/json_members.hpp"
#include "codec/surrogate_halves.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace chatopen::codec {
namespace {

constexpr int text_channel = -2;
constexpr int reasoning_channel = -1;

// Every event looks through all of them.
constexpr std::size_t max_waiting = 100;
constexpr std::size_t max_known_calls = 100;

// As in the parser: an event that is larger does not leave its memory to the small ones that follow.
constexpr std::size_t max_kept_event_bytes = std::size_t{1024} * 1024;

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

/// Buffers that are reused from event to event.
struct ChunkDecoder::Scratch {
  std::string event;
  ChatDelta delta;
  std::vector<ToolCallDelta> calls;
  std::size_t call_count = 0;
  std::string finish_reason;
  std::optional<Usage> usage;
  bool has_marks = false;
};

/// All decoders of a thread take turns with one scratch, so that thousands of streams need no buffers of their own, and
/// find warm ones. A callback that decodes another stream gets a second one.
class ChunkDecoder::Lease {
 public:
  explicit Lease(ChunkDecoder& decoder) : decoder_(decoder) {
    if (idle().empty()) {
      scratch_ = std::make_unique<Scratch>();
    } else {
      scratch_ = std::move(idle().back());
      idle().pop_back();
    }
    decoder_.scratch_ = scratch_.get();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    decoder_.scratch_ = nullptr;
    if (scratch_->event.capacity() <= max_kept_event_bytes && idle().size() < max_idle)
      idle().push_back(std::move(scratch_));
  }

 private:
  static constexpr std::size_t max_idle = 4;
  static std::vector<std::unique_ptr<Scratch>>& idle() {
    static thread_local std::vector<std::unique_ptr<Scratch>> scratches = [] {
      std::vector<std::unique_ptr<Scratch>> empty;
      empty.reserve(max_idle);
      return empty;
    }();
    return scratches;
  }

  ChunkDecoder& decoder_;
  std::unique_ptr<Scratch> scratch_;
};

bool ChunkDecoder::is_done(std::string_view data) noexcept {
  return trimmed(data) == "[DONE]";
}

ChunkDecoder::Step ChunkDecoder::decode(std::string_view data, int http_status, const detail::DeltaCallback& on_delta,
                                        Error& error) {
  const std::string_view word = trimmed(data);
  if (word.empty()) return Step::more;
  if (is_done(word)) return Step::done;
  const Lease lease(*this);
  clear_delta();
  // The callback comes after the document, since a call that it makes would use the same parser.
  Step step = Step::more;
  if (!read(data)) {
    error = refusal(http_status);
    step = Step::failed;
  } else if (!hand_out(on_delta)) {
    step = Step::stopped;
  }
  return step;
}

bool ChunkDecoder::finish(const detail::DeltaCallback& on_delta) {
  if (waiting_.empty()) return true;
  const Lease lease(*this);
  while (!waiting_.empty()) {
    // Text first, as in any other event.
    const auto first = std::min_element(waiting_.begin(), waiting_.end());
    const int channel = first->first;
    waiting_.erase(first);
    clear_delta();
    if (channel == text_channel) {
      scratch_->delta.text = replacement_character;
    } else if (channel == reasoning_channel) {
      scratch_->delta.reasoning = replacement_character;
    } else {
      next_call(channel).arguments = replacement_character;
      ++scratch_->call_count;
    }
    if (!hand_out(on_delta)) return false;
  }
  return true;
}

void ChunkDecoder::clear_delta() noexcept {
  scratch_->delta.text.clear();
  scratch_->delta.reasoning.clear();
  scratch_->delta.tool_call.reset();
  scratch_->delta.finish_reason.clear();
  scratch_->delta.usage.reset();
  scratch_->call_count = 0;
  scratch_->finish_reason.clear();
  scratch_->usage.reset();
}

// False when the event is to be refused.
bool ChunkDecoder::read(std::string_view data) {
  scratch_->event.reserve(data.size() + simdjson::SIMDJSON_PADDING);
  scratch_->event = data;
  const JsonDocument document(scratch_->event, Halves::marked);
  if (document.error() != simdjson::SUCCESS || !document.root().is_object()) return false;
  const Members root = members_of(document.root());
  const Members envelope = members_of(root.data);
  if (carries_error(root, envelope)) return false;
  scratch_->has_marks = document.has_marks();
  const Members& completion = completion_of(root, envelope);
  read_choices(completion.choices);
  if (const auto answer = string_of(envelope.answer)) scratch_->delta.text = *answer;
  join_halves(text_channel, scratch_->delta.text);
  join_halves(reasoning_channel, scratch_->delta.reasoning);
  if (completion.usage) scratch_->usage = usage_of(completion.usage);
  if (completion.model && model_.empty()) read_word(completion.model, model_);
  if (completion.id && request_id_.empty()) read_word(completion.id, request_id_);
  return true;
}

void ChunkDecoder::read_choices(const std::optional<Json>& choices) {
  const std::optional<Json> choice = first_choice(choices);
  if (!choice) return;
  std::optional<Json> piece = member_of(choice, "delta");
  if (!piece) piece = member_of(choice, "message");
  append_content(member_of(piece, "content"), scratch_->delta.text);
  scratch_->delta.reasoning = text_of(member_of(piece, "reasoning_content"));
  read_tool_calls(member_of(piece, "tool_calls"));
  read_word(member_of(choice, "finish_reason"), scratch_->finish_reason);
  saw_finish_reason_ = saw_finish_reason_ || !scratch_->finish_reason.empty();
}

void ChunkDecoder::read_tool_calls(const std::optional<Json>& tool_calls) {
  simdjson::dom::array list;
  if (!tool_calls || tool_calls->get(list) != simdjson::SUCCESS) return;
  int position = 0;
  for (const Json each : list) {
    ToolCallDelta& call = next_call(position);
    append_tool_call(each, call.id, call.name, call.arguments);
    if (scratch_->has_marks) {
      settle(call.id);
      settle(call.name);
    }
    if (says_something(call)) {
      call.index = number_call(each, call, list.size() == 1);
      join_halves(call.index, call.arguments);
      if (says_something(call)) ++scratch_->call_count;
    }
    ++position;
  }
}

// The index of a call, which has its position so far. Servers that leave it out send several calls in one event, pieces
// of several calls in turn, each with its identifier, or a call with an identifier and then the rest of it without one.
int ChunkDecoder::number_call(const Json& piece, const ToolCallDelta& call, bool is_alone) {
  constexpr int most = std::numeric_limits<int>::max();
  const auto known =
      std::find_if(known_calls_.begin(), known_calls_.end(), [&call](const auto& each) { return each.id == call.id; });
  int number = call.index;
  if (const auto index = count_of(member_of(piece, "index")); index && *index <= most) {
    number = static_cast<int>(*index);
  } else if (call.id.empty()) {
    if (is_alone && last_call_ >= 0) number = last_call_;
  } else if (known != known_calls_.end()) {
    number = known->index;
  } else if (highest_call_ < most) {
    number = std::max(number, highest_call_ + 1);
  }
  if (!call.id.empty() && known == known_calls_.end()) {
    if (known_calls_.size() < max_known_calls) known_calls_.emplace_back();
    known_calls_.back().id = call.id;
    known_calls_.back().index = number;
  }
  highest_call_ = std::max(highest_call_, number);
  last_call_ = number;
  return number;
}

// Where the next piece of a tool call goes; `scratch_->call_count` does not count it yet.
ToolCallDelta& ChunkDecoder::next_call(int index) {
  if (scratch_->call_count == scratch_->calls.size()) scratch_->calls.emplace_back();
  ToolCallDelta& call = scratch_->calls[scratch_->call_count];
  call.index = index;
  call.id.clear();
  call.name.clear();
  call.arguments.clear();
  return call;
}

void ChunkDecoder::read_word(const std::optional<Json>& value, std::string& word) const {
  word = text_of(value);
  if (scratch_->has_marks) settle(word);
}

// Joins the halves in a piece, also with the half that waits for it.
void ChunkDecoder::join_halves(int channel, std::string& piece) {
  if (piece.empty() || (!scratch_->has_marks && waiting_.empty())) return;
  const auto before =
      std::find_if(waiting_.begin(), waiting_.end(), [channel](const auto& each) { return each.first == channel; });
  if (before != waiting_.end()) {
    std::string start;
    if (scratch_->has_marks) {
      append_mark(before->second, start);
    } else {
      start = replacement_character;
    }
    piece.insert(0, start);
    waiting_.erase(before);
  }
  if (!scratch_->has_marks) return;
  const unsigned high = join_marks(piece);
  if (high == 0) return;
  if (waiting_.size() < max_waiting) {
    waiting_.emplace_back(channel, high);
  } else {
    piece += replacement_character;
  }
}

Error ChunkDecoder::refusal(int http_status) {
  constexpr std::string_view subject = "an event of the stream";
  // Parsed again, since marks have no place in an error.
  const JsonDocument document(scratch_->event);
  if (document.error() != simdjson::SUCCESS) {
    return unreadable(http_status, document.error(), subject, scratch_->event, redactor_);
  }
  const Members root = members_of(document.root());
  if (auto error = carried_error(http_status, root, members_of(root.data), scratch_->event, redactor_))
    return *std::move(error);
  // An object without an error was refused only because the memory was short that first time.
  const simdjson::error_code why = document.root().is_object() ? simdjson::MEMALLOC : simdjson::INCORRECT_TYPE;
  return unreadable(http_status, why, subject, scratch_->event, redactor_);
}

// Several pieces of tool calls take a delta each: what goes before them comes with the first, what ends the reply with
// the last.
bool ChunkDecoder::hand_out(const detail::DeltaCallback& on_delta) {
  const std::size_t deltas = std::max<std::size_t>(scratch_->call_count, 1);
  for (std::size_t i = 0; i < deltas; ++i) {
    if (i < scratch_->call_count) scratch_->delta.tool_call = std::move(scratch_->calls[i]);
    if (i + 1 == deltas) {
      scratch_->delta.finish_reason = scratch_->finish_reason;
      scratch_->delta.usage = scratch_->usage;
    }
    if (says_something(scratch_->delta) && !on_delta(scratch_->delta)) return false;
    if (i < scratch_->call_count) scratch_->calls[i] = *std::exchange(scratch_->delta.tool_call, std::nullopt);
    scratch_->delta.text.clear();
    scratch_->delta.reasoning.clear();
  }
  return true;
}

}  // namespace chatopen::codec
