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
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
      out.raw("{");
      for (const auto [name, member] : value.get_object().value_unsafe()) {
        separate();
        out.string(name);
        out.raw(":");
        print(member, out);
      }
      return out.raw("}");
    case simdjson::dom::element_type::ARRAY:
      out.raw("[");
      for (const Json each : value.get_array().value_unsafe()) {
        separate();
        print(each, out);
      }
      return out.raw("]");
    case simdjson::dom::element_type::STRING: return out.string(value.get_string().value_unsafe());
    case simdjson::dom::element_type::INT64: return out.number(value.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64: return out.raw(std::to_string(value.get_uint64().value_unsafe()));
    case simdjson::dom::element_type::DOUBLE: return out.number(value.get_double().value_unsafe());
    case simdjson::dom::element_type::BOOL: return out.raw(value.get_bool().value_unsafe() ? "true" : "false");
    default: return out.raw("null");
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
