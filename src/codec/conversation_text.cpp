#include "codec/conversation_text.hpp"

#include "codec/base64.hpp"
#include "codec/base64_decode.hpp"
#include "codec/json_writer.hpp"
#include "codec/strict_json.hpp"
#include "codec/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

using nlohmann::json;
using Fault = std::optional<Error>;

constexpr std::int64_t version = 1;
// What a picture may have was decided when it was made.
constexpr std::uint64_t any_size = std::numeric_limits<std::uint64_t>::max();

Error fault_at(const std::string& path, std::string_view what, std::string_view detail = {}) {
  return json_fault(ErrorKind::invalid_argument, path + std::string(what), detail);
}

std::string at(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

// Writes a text that must be UTF-8; remembers the first that is not.
class Writer : public JsonWriter {
 public:
  explicit Writer(std::string& buffer) : JsonWriter(buffer) {}

  void member(std::string_view before, std::string_view text, const std::string& path, std::string_view name) {
    if (!is_utf8(text) && !fault_) fault_ = fault_at(path, "." + std::string(name) + " is not valid UTF-8");
    raw(before);
    raw("\"");
    raw(name);
    raw("\":");
    string(text);
  }
  [[nodiscard]] Fault& fault() noexcept { return fault_; }

 private:
  Fault fault_;
};

void put_part(Writer& out, const ContentPart& part, const std::string& path) {
  if (const TextPart* const words = std::get_if<TextPart>(&part)) {
    out.member("{", words->text, path, "text");
  } else if (const ImagePart& picture = std::get<ImagePart>(part); picture.source() == ImagePart::Source::bytes) {
    out.raw(R"({"image_bytes":")");
    std::string& text = *out.buffer();
    const std::size_t start = text.size();
    text.resize(start + base64_size(picture.bytes()->size()));
    base64_encode(*picture.bytes(), text.data() + start);
    out.raw("\"");
  } else {
    const bool is_file = picture.source() == ImagePart::Source::file;
    out.member("{", picture.location(), path, is_file ? "image_file" : "image_url");
  }
  out.raw("}");
}

void put_message(Writer& out, const Message& message, const std::string& path) {
  out.raw(R"({"role":")");
  out.raw(to_string(message.role));
  out.raw("\"");
  if (!message.text.empty()) out.member(",", message.text, path, "text");
  if (!message.parts.empty()) out.raw(R"(,"parts":[)");
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (i > 0) out.raw(",");
    put_part(out, message.parts[i], at(path + ".parts", i));
  }
  if (!message.parts.empty()) out.raw("]");
  if (!message.tool_calls.empty()) out.raw(R"(,"tool_calls":[)");
  for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
    const ToolCall& call = message.tool_calls[i];
    const std::string where = at(path + ".tool_calls", i);
    out.member(i > 0 ? ",{" : "{", call.id, where, "id");
    out.member(",", call.name, where, "name");
    out.member(",", call.arguments, where, "arguments");
    out.raw("}");
  }
  if (!message.tool_calls.empty()) out.raw("]");
  if (!message.tool_call_id.empty()) out.member(",", message.tool_call_id, path, "tool_call_id");
  out.raw("}");
}

void put_messages(Writer& out, const std::vector<Message>& messages, const std::string& list) {
  out.raw("[");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    out.raw(i > 0 ? ",\n" : "\n");
    put_message(out, messages[i], at(list, i));
  }
  out.raw("]");
}

// Reads one member of a T; what T has is a list of these.
template <typename T>
struct Member {
  std::string_view name;
  Fault (*read)(const json& value, const std::string& path, T& into);
};

template <typename T, std::size_t Count>
Fault read_object(const json& value, const std::string& path, const Member<T> (&members)[Count], T& into) {
  if (!value.is_object()) return fault_at(path, ": expected an object");
  for (auto each = value.begin(); each != value.end(); ++each) {
    const std::string& name = each.key();
    const auto member = std::find_if(std::begin(members), std::end(members),
                                     [&](const Member<T>& known) { return known.name == name; });
    std::string below = path;
    below.append(path.empty() ? "" : ".").append(name);
    if (member == std::end(members)) return fault_at(below, ": no such member");
    if (Fault found = member->read(each.value(), below, into)) return found;
  }
  return std::nullopt;
}

Fault read_string(const json& value, const std::string& path, std::string& into) {
  if (!value.is_string()) return fault_at(path, ": expected a string");
  into = value.get_ref<const std::string&>();
  return std::nullopt;
}

template <auto Text, typename T>
Fault read_text(const json& value, const std::string& path, T& into) {
  return read_string(value, path, into.*Text);
}

template <typename Item, typename ReadItem>
Fault read_list(const json& value, const std::string& path, std::vector<Item>& into, ReadItem read_item) {
  if (!value.is_array()) return fault_at(path, ": expected a list");
  into.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (Fault found = read_item(value[i], at(path, i), into)) return found;
  }
  return std::nullopt;
}

using Parts = std::vector<ContentPart>;

Fault add_picture(Result<ImagePart> picture, const std::string& path, Parts& into) {
  if (picture) {
    into.emplace_back(*std::move(picture));
    return std::nullopt;
  }
  Error error = std::move(picture).error();
  error.message = json_fault(error.kind, path + ": " + error.message).message;
  return error;
}

constexpr Member<Parts> part_members[] = {{"text",
                                           [](const json& value, const std::string& path, Parts& into) {
                                             return read_string(value, path,
                                                                std::get<TextPart>(into.emplace_back(TextPart())).text);
                                           }},
                                          {"image_url",
                                           [](const json& value, const std::string& path, Parts& into) {
                                             std::string url;
                                             Fault found = read_string(value, path, url);
                                             into.emplace_back(image_url(std::move(url)));
                                             return found;
                                           }},
                                          {"image_bytes",
                                           [](const json& value, const std::string& path, Parts& into) {
                                             std::optional<std::string> bytes;
                                             if (value.is_string())
                                               bytes = base64_decode(value.get_ref<const std::string&>());
                                             if (!bytes) return Fault(fault_at(path, ": expected a picture as base64"));
                                             return add_picture(image_bytes(*std::move(bytes), any_size), path, into);
                                           }},
                                          {"image_file", [](const json& value, const std::string& path, Parts& into) {
                                             std::string file;
                                             if (Fault found = read_string(value, path, file)) return found;
                                             return add_picture(image_file(std::move(file), any_size), path, into);
                                           }}};

Fault read_part(const json& value, const std::string& path, Parts& into) {
  if (value.is_object() && value.size() != 1) {
    return fault_at(path, ": expected one member", "text, image_url, image_bytes or image_file");
  }
  return read_object(value, path, part_members, into);
}

constexpr Member<ToolCall> tool_call_members[] = {{"id", read_text<&ToolCall::id, ToolCall>},
                                                  {"name", read_text<&ToolCall::name, ToolCall>},
                                                  {"arguments", read_text<&ToolCall::arguments, ToolCall>}};

constexpr Member<Message> message_members[] = {
    {"role",
     [](const json& value, const std::string& path, Message& into) {
       for (const Role role : {Role::system, Role::user, Role::assistant, Role::tool}) {
         if (!value.is_string() || value.get_ref<const std::string&>() != to_string(role)) continue;
         into.role = role;
         return Fault();
       }
       return Fault(fault_at(path, ": expected system, user, assistant or tool"));
     }},
    {"text", read_text<&Message::text, Message>},
    {"parts", [](const json& value, const std::string& path,
                 Message& into) { return read_list(value, path, into.parts, read_part); }},
    {"tool_calls",
     [](const json& value, const std::string& path, Message& into) {
       return read_list(value, path, into.tool_calls, [](const json& each, const std::string& where, auto& calls) {
         return read_object(each, where, tool_call_members, calls.emplace_back());
       });
     }},
    {"tool_call_id", read_text<&Message::tool_call_id, Message>}};

Fault read_messages(const json& value, const std::string& path, std::vector<Message>& into) {
  return read_list(value, path, into, [](const json& each, const std::string& where, std::vector<Message>& messages) {
    if (each.is_object() && !each.contains("role")) return Fault(fault_at(where, ".role: missing"));
    return read_object(each, where, message_members, messages.emplace_back());
  });
}

constexpr Member<ConversationText> conversation_members[] = {
    {"version", [](const json& /*value*/, const std::string& /*path*/, ConversationText& /*into*/) { return Fault(); }},
    {"persona", [](const json& value, const std::string& path,
                   ConversationText& into) { return read_messages(value, path, into.persona); }},
    {"history", [](const json& value, const std::string& path, ConversationText& into) {
       return read_messages(value, path, into.history);
     }}};

}  // namespace

Result<std::string> encode_conversation(const std::vector<Message>& persona, const std::vector<Message>& history) {
  std::string text;
  Writer out(text);
  out.raw(R"({"version":)");
  out.number(version);
  out.raw(",\n\"persona\":");
  put_messages(out, persona, "persona");
  out.raw(",\n\"history\":");
  put_messages(out, history, "history");
  out.raw("}\n");
  if (out.fault()) return *std::move(out.fault());
  return text;
}

Result<ConversationText> decode_conversation(std::string_view text) {
  const Result<json> parsed = parse_json(text, ErrorKind::invalid_argument);
  if (!parsed) return parsed.error();
  if (!parsed->is_object()) return fault_at("", "expected an object with version, persona and history");
  // First, since in another version every other member may be different.
  const auto found_version = parsed->find("version");
  if (found_version == parsed->end() || *found_version != version) {
    return fault_at("version", ": expected 1", "written by a newer chatopen, or no conversation");
  }
  if (!parsed->contains("history")) return fault_at("history", ": missing");
  ConversationText conversation;
  if (Fault found = read_object(*parsed, "", conversation_members, conversation)) return *std::move(found);
  return conversation;
}

}  // namespace chatopen::codec
