#include "sandbox/stream_directives.hpp"

#include "sandbox/directive_values.hpp"

#include <array>
#include <utility>

namespace chatopen::sandbox {
namespace {

struct Number {
  std::string_view name;
  std::optional<int> StreamDirectives::*member;
  int min;
  int max;
};

constexpr int many = 1'000'000;
constexpr int ten_minutes = 600'000;

constexpr std::array<Number, 8> numbers = {{
    {"events", &StreamDirectives::events, 1, many},
    {"heartbeat", &StreamDirectives::heartbeats, 1, 1000},
    {"chunk-bytes", &StreamDirectives::chunk_bytes, 1, many},
    {"pace-ms", &StreamDirectives::pace_ms, 0, ten_minutes},
    {"linger-ms", &StreamDirectives::linger_ms, 0, ten_minutes},
    {"error-after", &StreamDirectives::error_after, 0, many},
    {"malformed-after", &StreamDirectives::malformed_after, 0, many},
    {"cut-after", &StreamDirectives::cut_after, 0, many},
}};

constexpr std::array<std::pair<std::string_view, StreamCut>, 3> cuts = {{
    {"end", StreamCut::end},
    {"close", StreamCut::close},
    {"reset", StreamCut::reset},
}};

constexpr std::array<std::pair<std::string_view, bool>, 1> yes = {{{"yes", true}}};

}  // namespace

bool apply_stream_directive(StreamDirectives& directives, std::string_view directive, std::string_view name,
                            std::string_view value) {
  for (const Number& number : numbers) {
    if (number.name != name) continue;
    directives.*number.member = parse_integer(directive, value, number.min, number.max);
    return true;
  }
  if (name == "cut")
    directives.cut = parse_choice(directive, value, cuts);
  else if (name == "split-surrogates")
    directives.split_surrogates = parse_choice(directive, value, yes);
  else
    return false;
  return true;
}

void settle_stream_directives(StreamDirectives& directives) {
  if (directives.cut_after && !directives.cut) directives.cut = StreamCut::close;
  if (directives.error_after.has_value() + directives.malformed_after.has_value() + directives.cut.has_value() > 1) {
    refuse_directive("error-after, malformed-after, cut", "only one of them");
  }
  if (directives.linger_ms && (directives.error_after || directives.cut)) {
    refuse_directive("linger-ms", "only in a stream that ends with [DONE]");
  }
  if (directives.events && directives.split_surrogates) refuse_directive("events", "not with split-surrogates");
}

void refuse_stream_directives(const StreamDirectives& directives) {
  const char* reason = "only in a stream";
  for (const Number& number : numbers) {
    if (directives.*number.member) refuse_directive(number.name, reason);
  }
  if (directives.cut) refuse_directive("cut", reason);
  if (directives.split_surrogates) refuse_directive("split-surrogates", reason);
}

}  // namespace chatopen::sandbox
