#include "codec/json_print.hpp"

#include "codec/json_writer.hpp"

namespace chatopen::codec {
namespace {

// Its depth is that of the document, which is capped. The parser's own printer would add as much to a program as all
// other decoding.
void print(Json value, JsonWriter& out) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out.raw(",");
    first = false;
  };
  simdjson::dom::object object;
  simdjson::dom::array array;
  std::string_view text;
  std::int64_t integer = 0;
  std::uint64_t large = 0;
  double number = 0;
  bool flag = false;
  if (value.get(object) == simdjson::SUCCESS) {
    out.raw("{");
    for (const auto [name, member] : object) {
      separate();
      out.string(name);
      out.raw(":");
      print(member, out);
    }
    out.raw("}");
  } else if (value.get(array) == simdjson::SUCCESS) {
    out.raw("[");
    for (const Json each : array) {
      separate();
      print(each, out);
    }
    out.raw("]");
  } else if (value.get(text) == simdjson::SUCCESS) {
    out.string(text);
  } else if (value.get(integer) == simdjson::SUCCESS) {
    out.number(integer);
  } else if (value.get(large) == simdjson::SUCCESS) {
    out.raw(std::to_string(large));
  } else if (value.get(number) == simdjson::SUCCESS) {
    out.number(number);
  } else if (value.get(flag) == simdjson::SUCCESS) {
    out.raw(flag ? "true" : "false");
  } else {
    out.raw("null");
  }
}

}  // namespace

std::string print_json(Json value) {
  std::string text;
  JsonWriter out(text);
  print(value, out);
  return text;
}

}  // namespace chatopen::codec
