#include <chatopen/sse.hpp>

#include <algorithm>
#include <cstring>

namespace chatopen {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t smallest_buffer = 1024;
constexpr std::size_t largest_kept_buffer = std::size_t{1024} * 1024;
// Types and ids are copied beside the buffer, both and while they grow within the mebibyte that the cap leaves them.
constexpr std::size_t max_name_bytes = std::size_t{256} * 1024;

// The end when there is none.
const char* find(char wanted, const char* from, const char* end) noexcept {
  const void* const found = std::memchr(from, wanted, static_cast<std::size_t>(end - from));
  return found == nullptr ? end : static_cast<const char*>(found);
}

// Leaves only the value of the line when its field has this name, whose size is known to the compiler: so the
// comparison is an instruction or two.
template <std::size_t Size>
inline bool take_name(std::string_view& line, const char (&name)[Size]) noexcept {
  std::size_t value = Size - 1;
  if (line.size() < value || std::memcmp(line.data(), name, value) != 0) return false;
  if (value < line.size()) {
    if (line[value] != ':') return false;
    ++value;
    if (value < line.size() && line[value] == ' ') ++value;
  }
  line.remove_prefix(value);
  return true;
}

// Empty unless there are digits only.
std::optional<milliseconds> read_retry(std::string_view digits) noexcept {
  if (digits.empty()) return std::nullopt;
  constexpr milliseconds::rep most = milliseconds::max().count();
  milliseconds::rep value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const int digit = c - '0';
    value = value > (most - digit) / 10 ? most : value * 10 + digit;
  }
  return milliseconds(value);
}

void empty_buffer(std::string& buffer) noexcept {
  buffer.clear();
  if (buffer.capacity() > largest_kept_buffer) std::string().swap(buffer);
}

}  // namespace

// One call of `feed`. Type, id and data stay where they are in the chunk, unless it ends before their event does.
class SseParser::Chunk {
 public:
  Chunk(SseParser& parser, std::string_view bytes, void* context, Dispatch dispatch) noexcept
      : parser_(parser),
        state_(parser.state_),
        buffer_(parser.buffer_),
        at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        context_(context),
        dispatch_(dispatch),
        type_(parser.type_),
        id_(parser.id_) {}

  // False when an event exceeds the cap.
  bool parse() {
    if (state_.mark_bytes < byte_order_mark.size()) skip_byte_order_mark();
    if (at_ != end_ && state_.after_cr) {
      state_.after_cr = false;
      if (*at_ == '\n') ++at_;
    }
    next_lf_ = find('\n', at_, end_);
    next_cr_ = find('\r', at_, end_);
    if (state_.in_comment || kept_line_bytes() > 0) {
      if (!continue_line()) return false;
    }
    while (at_ != end_) {
      const char* const line_end = find_line_end();
      const std::string_view line(at_, static_cast<std::size_t>(line_end - at_));
      if (line_end == end_) {
        keep_event();
        return keep_line(line);
      }
      pass(line_end);
      if (!read_line(line)) return false;
    }
    keep_event();
    return true;
  }

 private:
  void skip_byte_order_mark() {
    for (; at_ != end_ && state_.mark_bytes < byte_order_mark.size(); ++at_, ++state_.mark_bytes) {
      if (*at_ == byte_order_mark[state_.mark_bytes]) continue;
      // None after all: what looked like one begins the first line.
      buffer_.append(byte_order_mark.substr(0, state_.mark_bytes));
      state_.mark_bytes = byte_order_mark.size();
      return;
    }
  }

  // Looks for either kind of end only when it has passed the one before. Else a stream that uses only one kind would be
  // searched for the other from every line to the chunk's end.
  const char* find_line_end() noexcept {
    if (*at_ == '\n' || *at_ == '\r') return at_;
    if (next_lf_ < at_) next_lf_ = find('\n', at_, end_);
    if (next_cr_ < at_) next_cr_ = find('\r', at_, end_);
    return std::min(next_lf_, next_cr_);
  }

  // A carriage return ends a line at once, although a line feed may follow.
  void pass(const char* line_end) noexcept {
    at_ = line_end + 1;
    if (*line_end == '\n') return;
    if (at_ == end_) {
      state_.after_cr = true;
    } else if (*at_ == '\n') {
      ++at_;
    }
  }

  [[nodiscard]] std::size_t kept_line_bytes() const noexcept { return buffer_.size() - state_.data_bytes; }

  // Whether a line of the event may have so many bytes.
  [[nodiscard]] bool fits(std::size_t line_bytes) const noexcept {
    return line_bytes <= parser_.max_event_bytes_ - state_.event_bytes;
  }

  // The line that an earlier chunk began.
  bool continue_line() {
    const char* const line_end = find_line_end();
    const std::string_view piece(at_, static_cast<std::size_t>(line_end - at_));
    if (!state_.in_comment) {
      if (!fits(kept_line_bytes() + piece.size())) return false;
      append(piece);
    }
    at_ = line_end;
    if (line_end == end_) return true;
    pass(line_end);
    if (state_.in_comment) {
      state_.in_comment = false;
      return true;
    }
    const bool read = read_kept_line();
    buffer_.resize(state_.data_bytes);
    return read;
  }

  bool read_kept_line() {
    std::string_view line = std::string_view(buffer_).substr(state_.data_bytes);
    state_.event_bytes += line.size();
    if (!take_name(line, "data")) return read_rare_field(line, true);
    add_kept_data(line);
    return true;
  }

  bool read_line(std::string_view line) {
    if (line.empty()) {
      end_event();
      return true;
    }
    if (line.front() == ':') return true;
    if (!fits(line.size())) return false;
    state_.event_bytes += line.size();
    if (!take_name(line, "data")) return read_rare_field(line, false);
    add_data(line);
    return true;
  }

  // Any but data. What was kept is in the buffer, and soon leaves it.
  bool read_rare_field(std::string_view line, bool was_kept) {
    if (take_name(line, "event")) return set_name(type_, parser_.type_, line, was_kept);
    if (take_name(line, "id")) {
      return line.find('\0') != std::string_view::npos || set_name(id_, parser_.id_, line, was_kept);
    }
    if (take_name(line, "retry")) {
      if (const std::optional<milliseconds> retry = read_retry(line)) state_.retry = retry;
    }
    return true;
  }

  static bool set_name(std::string_view& name, std::string& keeper, std::string_view value, bool was_kept) {
    if (value.size() > max_name_bytes) return false;
    if (was_kept) keeper = value;
    name = was_kept ? keeper : value;
    return true;
  }

  void add_data(std::string_view value) {
    if (!state_.has_data) {
      state_.has_data = true;
      data_ = value;
    } else {
      keep_data();
      append("\n");
      append(value);
      state_.data_bytes = buffer_.size();
    }
  }

  // Moves the value down to the data before it: a large one exists only once.
  void add_kept_data(std::string_view value) {
    if (state_.has_data) buffer_[state_.data_bytes++] = '\n';
    state_.has_data = true;
    const std::size_t name_bytes = buffer_.size() - value.size() - state_.data_bytes;
    buffer_.erase(state_.data_bytes, name_bytes);
    state_.data_bytes = buffer_.size();
  }

  void end_event() {
    if (state_.has_data) {
      const SseEvent event = {.type = type_.empty() ? "message" : type_,
                              .data = data_.data() == nullptr ? buffer_ : data_,
                              .id = id_,
                              .retry = state_.retry};
      dispatch_(context_, event);
      state_.has_data = false;
      state_.retry.reset();
    }
    type_ = {};
    data_ = {};
    state_.event_bytes = 0;
    state_.data_bytes = 0;
    empty_buffer(buffer_);
  }

  // What the event has so far outlives the chunk.
  void keep_event() {
    keep_data();
    if (type_.data() != parser_.type_.data()) parser_.type_ = type_;
    if (id_.data() != parser_.id_.data()) parser_.id_ = id_;
  }

  void keep_data() {
    if (data_.data() == nullptr) return;
    append(data_);
    data_ = {};
    state_.data_bytes = buffer_.size();
  }

  // The chunk's last line, which goes on in the next.
  bool keep_line(std::string_view piece) {
    if (piece.front() == ':') {
      state_.in_comment = true;
      return true;
    }
    if (!fits(piece.size())) return false;
    append(piece);
    return true;
  }

  // The capacities are the cap halved so and so often. The last growth then copies half of it into the first half of
  // the new buffer: together no more than the cap.
  void append(std::string_view bytes) {
    const std::size_t size = buffer_.size() + bytes.size();
    if (size > buffer_.capacity()) {
      std::size_t capacity = parser_.max_event_bytes_;
      while (capacity / 2 >= std::max(size, smallest_buffer)) capacity /= 2;
      buffer_.reserve(capacity);
    }
    buffer_.append(bytes);
  }

  SseParser& parser_;
  State& state_;
  std::string& buffer_;
  const char* at_;
  const char* end_;
  const char* next_lf_ = nullptr;
  const char* next_cr_ = nullptr;
  void* context_;
  Dispatch dispatch_;
  std::string_view type_;
  std::string_view id_;
  // Null when there is none, or when it is in the buffer.
  std::string_view data_;
};

bool SseParser::feed_bytes(std::string_view bytes, void* context, Dispatch dispatch) {
  if (state_.stopped || bytes.empty()) return !state_.stopped;
  // So it remains when something throws.
  state_.stopped = true;
  state_.stopped = !Chunk(*this, bytes, context, dispatch).parse();
  return !state_.stopped;
}

bool SseParser::finish() noexcept {
  const bool in_byte_order_mark = state_.mark_bytes > 0 && state_.mark_bytes < byte_order_mark.size();
  const bool dropped =
      state_.stopped || state_.event_bytes > 0 || buffer_.size() > state_.data_bytes || in_byte_order_mark;
  state_ = {};
  empty_buffer(buffer_);
  type_.clear();
  id_.clear();
  return dropped;
}

}  // namespace chatopen
