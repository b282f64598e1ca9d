#include "codec/json_writer.hpp"

#include <chatopen/tools.hpp>

#include <string_view>
#include <utility>

namespace chatopen {
namespace {

template <typename PutMore>
std::string schema(std::string_view type, const std::string& description, PutMore put_more) {
  std::string text;
  codec::JsonWriter out(text);
  out.raw(R"({"type":)");
  out.string(type);
  if (!description.empty()) {
    out.raw(R"(,"description":)");
    out.string(description);
  }
  put_more(out);
  out.raw("}");
  return text;
}

std::string schema(std::string_view type, const std::string& description) {
  return schema(type, description, [](codec::JsonWriter&) {});
}

template <typename Items, typename PutItem>
void put_all(codec::JsonWriter& out, const Items& items, PutItem put_item) {
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.raw(",");
    first = false;
    put_item(item);
  }
}

}  // namespace

JsonSchema::JsonSchema() : text_("{}") {}
JsonSchema::JsonSchema(std::string text) : text_(std::move(text)) {}

JsonSchema JsonSchema::string(const std::string& description) {
  return JsonSchema(schema("string", description));
}
JsonSchema JsonSchema::number(const std::string& description) {
  return JsonSchema(schema("number", description));
}
JsonSchema JsonSchema::integer(const std::string& description) {
  return JsonSchema(schema("integer", description));
}
JsonSchema JsonSchema::boolean(const std::string& description) {
  return JsonSchema(schema("boolean", description));
}

JsonSchema JsonSchema::one_of(const std::vector<std::string>& values, const std::string& description) {
  return JsonSchema(schema("string", description, [&](codec::JsonWriter& out) {
    out.raw(R"(,"enum":[)");
    put_all(out, values, [&](const std::string& value) { out.string(value); });
    out.raw("]");
  }));
}

JsonSchema JsonSchema::array(const JsonSchema& items, const std::string& description) {
  return JsonSchema(schema("array", description, [&](codec::JsonWriter& out) {
    out.raw(R"(,"items":)");
    out.raw(items.text());
  }));
}

JsonSchema JsonSchema::object(const std::vector<SchemaProperty>& properties, const std::string& description) {
  return JsonSchema(schema("object", description, [&](codec::JsonWriter& out) {
    out.raw(R"(,"properties":{)");
    std::vector<std::string_view> required;
    put_all(out, properties, [&](const SchemaProperty& property) {
      out.string(property.name);
      out.raw(":");
      out.raw(property.schema.text());
      if (property.required) required.push_back(property.name);
    });
    out.raw("}");
    if (required.empty()) return;
    out.raw(R"(,"required":[)");
    put_all(out, required, [&](std::string_view name) { out.string(name); });
    out.raw("]");
  }));
}

}  // namespace chatopen
