#include "codec/strict_json.hpp"

#include "base/redact.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chatopen::codec {
namespace {

using nlohmann::json;

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// Looks, and keeps nothing. The library's own messages quote what it read last, which may be a credential; only the
// place is taken from them.
class Reader final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(json::number_integer_t /*value*/) override { return true; }
  bool number_unsigned(json::number_unsigned_t /*value*/) override { return true; }
  bool number_float(json::number_float_t /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(json::binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return ++depth_ <= max_strict_depth; }
  bool key(std::string& /*name*/) override { return true; }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t /*elements*/) override { return ++depth_ <= max_strict_depth; }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t position, const std::string& /*last*/, const json::exception& /*why*/) override {
    position_ = position;
    return false;
  }

  [[nodiscard]] bool too_deep() const noexcept { return depth_ > max_strict_depth; }
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

 private:
  bool leave() noexcept {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::size_t position_ = 0;
};

}  // namespace

std::optional<std::string> fault_in_json(std::string_view text) {
  Reader reader;
  if (json::sax_parse(text, &reader)) return std::nullopt;
  if (reader.too_deep()) {
    return "not acceptable JSON: it is nested deeper than " + std::to_string(max_strict_depth) + " levels";
  }
  return "not valid JSON at " + place_of(text, reader.position());
}

Result<json> parse_json(std::string_view text, ErrorKind kind) {
  if (const auto fault = fault_in_json(text)) {
    return json_fault(kind, *fault, "comments and trailing commas are not allowed");
  }
  return json::parse(text, nullptr, false);
}

Error json_fault(ErrorKind kind, std::string_view message, std::string_view detail) {
  constexpr std::size_t longest = 1024;
  const base::Redactor printable{std::vector<std::string_view>{}};
  return {.kind = kind, .message = printable.redact(message, longest), .detail = printable.redact(detail, longest)};
}

}  // namespace chatopen::codec
