#pragma once

#include "codec/json_repair.hpp"

#include <simdjson.h>
#include <cstddef>
#include <string>

namespace chatopen::codec {

using Json = simdjson::dom::element;

/// Levels of nesting that are accepted. Known replies have six, tool schemas some twenty; and what is accepted is
/// handed on as `ChatReply::raw`, which consumers may walk recursively.
inline constexpr std::size_t max_json_depth = 512;

/// A JSON text, parsed strictly by the calling thread's parser, whose buffers are reused from document to document: at
/// most one document may live on a thread at a time, and it stays on that thread. It does not refer to the text.
///
/// Two things that are valid JSON but that the parser refuses are mended: lone halves of surrogate pairs become U+FFFD
/// (or marks), and numbers beyond 64 bits are read as strings.
class JsonDocument {
 public:
  /// While parsing, the text grows by the parser's padding, which it reads beyond the end; then it has its old length
  /// again. Spare capacity for `simdjson::SIMDJSON_PADDING` bytes therefore avoids a copy.
  explicit JsonDocument(std::string& text, Halves halves = Halves::replaced);
  ~JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  [[nodiscard]] simdjson::error_code error() const noexcept { return error_; }
  /// Only without an error, and as long as the document lives.
  [[nodiscard]] Json root() const noexcept { return root_; }
  /// Whether strings may hold marks of surrogate halves, all of which are to be joined. Only where halves are `marked`.
  [[nodiscard]] bool has_marks() const noexcept { return has_marks_; }

 private:
  Json root_;
  simdjson::error_code error_ = simdjson::UNINITIALIZED;
  bool has_marks_ = false;
};

}  // namespace chatopen::codec
