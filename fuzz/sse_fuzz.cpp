// Any bytes as an event stream: whole, byte by byte and in any chunks come the same events, those of the standard's
// letter. The input begins with the cap, and with how many chunk sizes follow, which are then used by turns.
#include <chatopen/sse.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct Event {
  std::string type;
  std::string data;
  std::string id;
  std::optional<std::chrono::milliseconds> retry;
  bool operator==(const Event&) const = default;
};

struct Outcome {
  std::vector<Event> events = {};
  bool within_cap = true;
  bool cut = false;
  bool operator==(const Outcome&) const = default;
};

// Line by line from the whole stream, with copies of everything.
class Reference {
 public:
  Reference(std::string_view stream, std::size_t cap) : cap_(cap) {
    if (stream.starts_with("\xEF\xBB\xBF")) {
      stream.remove_prefix(3);
    } else if (stream == "\xEF" || stream == "\xEF\xBB") {
      outcome_.cut = true;
      return;
    }
    while (!stream.empty() && outcome_.within_cap) {
      const std::size_t line_size = stream.find_first_of("\r\n");
      const std::string line(stream.substr(0, line_size));
      read_line(line, line_size != std::string_view::npos);
      stream.remove_prefix(std::min(stream.size(), line.size()));
      stream.remove_prefix(stream.starts_with("\r\n") ? 2 : std::min<std::size_t>(stream.size(), 1));
    }
    outcome_.cut = !outcome_.within_cap || bytes_ > 0;
  }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  void read_line(const std::string& line, bool is_complete) {
    if (line.empty()) return dispatch();
    if (line[0] == ':') return;
    bytes_ += line.size();
    if (bytes_ > cap_) outcome_.within_cap = false;
    if (!is_complete || !outcome_.within_cap) return;
    const std::size_t colon = line.find(':');
    std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    read_field(line.substr(0, colon), value);
  }

  void read_field(const std::string& name, const std::string& value) {
    if (name == "event") type_ = value;
    if (name == "data") data_ += value + '\n';
    if (name == "id" && value.find('\0') == std::string::npos) id_ = value;
    if (name == "retry" && !value.empty() && value.find_first_not_of("0123456789") == std::string::npos) {
      // 2^63 - 1, the largest, has 19 digits.
      const std::string digits = value.substr(std::min(value.find_first_not_of('0'), value.size() - 1));
      const unsigned long long number = digits.size() > 19 ? UINT64_MAX : std::stoull(digits);
      retry_ = std::chrono::milliseconds(std::min<unsigned long long>(number, INT64_MAX));
    }
  }

  void dispatch() {
    if (!data_.empty()) {
      data_.pop_back();
      outcome_.events.push_back({type_.empty() ? "message" : type_, data_, id_, retry_});
      retry_.reset();
    }
    type_.clear();
    data_.clear();
    bytes_ = 0;
  }

  std::size_t cap_;
  std::size_t bytes_ = 0;
  std::string type_;
  std::string data_;
  std::string id_;
  std::optional<std::chrono::milliseconds> retry_;
  Outcome outcome_;
};

// The parser serves one stream after the other.
Outcome parse(chatopen::SseParser& parser, std::string_view stream, const std::vector<std::size_t>& sizes) {
  Outcome outcome;
  std::size_t turn = 0;
  while (!stream.empty()) {
    const std::size_t size = sizes.empty() ? stream.size() : sizes[turn++ % sizes.size()];
    // Memory of its own, so that the sanitizer sees what is read beyond it or later.
    const std::vector<char> chunk(stream.begin(),
                                  stream.begin() + static_cast<std::ptrdiff_t>(std::min(size, stream.size())));
    stream.remove_prefix(chunk.size());
    const bool taken = parser.feed({chunk.data(), chunk.size()}, [&](const chatopen::SseEvent& event) {
      outcome.events.push_back({std::string(event.type), std::string(event.data), std::string(event.id), event.retry});
    });
    require(outcome.within_cap || !taken);
    outcome.within_cap = taken;
  }
  outcome.cut = parser.finish();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t cap = data[0] < 64 ? data[0] : chatopen::default_max_event_bytes;
  const std::size_t turns = std::min<std::size_t>(data[1] % 8, size - 2);
  std::vector<std::size_t> sizes(data + 2, data + 2 + turns);
  for (std::size_t& each : sizes) each %= 32;
  // One that takes something, or the stream would never end.
  if (!sizes.empty()) sizes.push_back(1);
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2 + turns, size - 2 - turns);

  const Reference reference(stream, cap);
  chatopen::SseParser parser(cap);
  require(parse(parser, stream, {}) == reference.outcome());
  require(parse(parser, stream, sizes) == reference.outcome());
  require(parse(parser, stream, {1}) == reference.outcome());
  return 0;
}
