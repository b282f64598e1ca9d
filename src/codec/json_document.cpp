#include "codec/json_document.hpp"

#include "codec/surrogate_halves.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

namespace chatopen::codec {
namespace {

// A reply of this size takes some 15 times as much memory in the parser, which a thread does not keep beyond it.
constexpr std::size_t max_kept_bytes = std::size_t{1024} * 1024;
constexpr std::size_t min_capacity = 4096;

simdjson::dom::parser& thread_parser() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

simdjson::error_code make_room(simdjson::dom::parser& parser, std::size_t size) {
  if (parser.capacity() >= size && parser.capacity() != 0) return simdjson::SUCCESS;
  // Powers of two, so that replies that grow one by one do not allocate one by one.
  const std::size_t capacity = size > max_kept_bytes ? size : std::max(min_capacity, std::bit_ceil(size));
  if (capacity > parser.max_capacity()) return simdjson::CAPACITY;
  simdjson::error_code error = parser.allocate(capacity, max_json_depth);
  if (error == simdjson::SUCCESS) error = parser.doc.allocate(capacity);
  // One that has only some of its buffers takes itself for whole.
  if (error != simdjson::SUCCESS) parser = simdjson::dom::parser();
  return error;
}

simdjson::error_code parse(std::string& text, Json& root) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::size_t start = std::string_view(text).starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const std::size_t size = text.size();
  simdjson::dom::parser& parser = thread_parser();
  if (const simdjson::error_code error = make_room(parser, size)) return error;
  text.append(simdjson::SIMDJSON_PADDING, ' ');
  const simdjson::error_code error = parser.parse(text.data() + start, size - start, false).get(root);
  text.resize(size);
  return error;
}

// Errors of strings and numbers; later versions of the parser have more of them than can be named with earlier ones.
bool may_be_mended(simdjson::error_code error) noexcept {
  switch (error) {
    case simdjson::SUCCESS:
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
    case simdjson::TAPE_ERROR:
    case simdjson::DEPTH_ERROR:
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
    case simdjson::UTF8_ERROR:
    case simdjson::EMPTY:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return false;
    default: return true;
  }
}

}  // namespace

JsonDocument::JsonDocument(std::string& text, Halves halves) : error_(parse(text, root_)) {
  if (!may_be_mended(error_)) return;
  // Rather is a half lost than a character of the text taken for one.
  if (may_hold_marks(text)) halves = Halves::replaced;
  has_marks_ = halves == Halves::marked;
  std::string repaired = repair_json(text, halves);
  error_ = parse(repaired, root_);
}

JsonDocument::~JsonDocument() {
  simdjson::dom::parser& parser = thread_parser();
  if (parser.capacity() > max_kept_bytes) parser = simdjson::dom::parser();
}

}  // namespace chatopen::codec
