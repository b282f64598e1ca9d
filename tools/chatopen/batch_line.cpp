#include "batch_line.hpp"

#include <array>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>

namespace chatopen::program {
namespace {

using nlohmann::ordered_json;
using Fault = std::optional<Error>;

Error fault(std::string message, std::string detail = {}) {
  return {.kind = ErrorKind::invalid_argument, .message = std::move(message), .detail = std::move(detail)};
}

Error expected(const std::string& path, const char* what) {
  return fault(path + ": expected " + what);
}

std::string member_path(std::string path, const std::string& name) {
  return std::move(path.empty() ? path : path.append(".")).append(name);
}

// Reads one member of a T at this path; what T has is an array of these.
template <typename T>
struct Member {
  std::string_view name;
  Fault (*read)(const ordered_json& value, const std::string& path, T& into);
};

template <typename T, std::size_t Count>
Fault read_members(const ordered_json& value, const std::string& path, const std::array<Member<T>, Count>& members,
                   T& into) {
  if (!value.is_object()) return expected(path.empty() ? "the line" : path, "a JSON object");
  for (const auto& [name, each] : value.items()) {
    const std::string below = member_path(path, name);
    std::string known;
    bool found = false;
    for (const Member<T>& member : members) {
      known.append(known.empty() ? "" : ", ").append(member.name);
      if (member.name != name) continue;
      found = true;
      if (Fault wrong = member.read(each, below, into)) return wrong;
    }
    if (!found) return fault(below + ": no such member", "known here: " + known);
  }
  return std::nullopt;
}

template <typename T>
Fault read_list(const ordered_json& value, const std::string& path, std::vector<T>& into,
                Fault (*read)(const ordered_json&, const std::string&, T&)) {
  if (!value.is_array()) return expected(path, "an array");
  into.clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (Fault wrong = read(value[i], path + "[" + std::to_string(i) + "]", into.emplace_back())) return wrong;
  }
  return std::nullopt;
}

Fault read_string(const ordered_json& value, const std::string& path, std::string& into) {
  if (!value.is_string()) return expected(path, "a string");
  into = value.get<std::string>();
  return std::nullopt;
}

Fault read_number(const ordered_json& value, const std::string& path, std::optional<double>& into) {
  if (!value.is_number()) return expected(path, "a number");
  into = value.get<double>();
  return std::nullopt;
}

Fault read_whole(const ordered_json& value, const std::string& path, std::optional<std::int64_t>& into) {
  const bool fits =
      value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX);
  if (!fits) return expected(path, "a whole number");
  into = value.get<std::int64_t>();
  return std::nullopt;
}

Fault read_object_text(const ordered_json& value, const std::string& path, std::string& into) {
  if (!value.is_object()) return expected(path, "a JSON object");
  into = value.dump();
  return std::nullopt;
}

// A message, spelled as on the wire.

constexpr std::array<Member<ToolCall>, 2> function_members = {{
    {"name", [](const ordered_json& value, const std::string& path,
                ToolCall& into) { return read_string(value, path, into.name); }},
    {"arguments", [](const ordered_json& value, const std::string& path,
                     ToolCall& into) { return read_string(value, path, into.arguments); }},
}};

constexpr std::array<Member<ToolCall>, 3> tool_call_members = {{
    {"id", [](const ordered_json& value, const std::string& path,
              ToolCall& into) { return read_string(value, path, into.id); }},
    {"type",
     [](const ordered_json& value, const std::string& path, ToolCall&) -> Fault {
       return value == "function" ? Fault() : expected(path, "\"function\"");
     }},
    {"function", [](const ordered_json& value, const std::string& path,
                    ToolCall& into) { return read_members(value, path, function_members, into); }},
}};

struct Part {
  std::string type;
  std::string text;
  std::string url;
};

constexpr std::array<Member<Part>, 1> url_members = {{
    {"url",
     [](const ordered_json& value, const std::string& path, Part& into) { return read_string(value, path, into.url); }},
}};

constexpr std::array<Member<Part>, 3> part_members = {{
    {"type", [](const ordered_json& value, const std::string& path,
                Part& into) { return read_string(value, path, into.type); }},
    {"text", [](const ordered_json& value, const std::string& path,
                Part& into) { return read_string(value, path, into.text); }},
    {"imageUrl", [](const ordered_json& value, const std::string& path,
                    Part& into) { return read_members(value, path, url_members, into); }},
}};

Fault read_part(const ordered_json& value, const std::string& path, ContentPart& into) {
  Part part;
  if (Fault wrong = read_members(value, path, part_members, part)) return wrong;
  if (part.type == "text" && value.contains("text")) {
    into = text(std::move(part.text));
  } else if (part.type == "imageUrl" && value.contains("imageUrl")) {
    into = image_url(std::move(part.url));
  } else {
    return expected(path, R"({"type":"text","text":…} or {"type":"imageUrl","imageUrl":{"url":…}})");
  }
  return std::nullopt;
}

Fault read_content(const ordered_json& value, const std::string& path, Message& into) {
  if (value.is_string()) return read_string(value, path, into.text);
  if (!value.is_array()) return expected(path, "a string or an array of parts");
  return read_list<ContentPart>(value, path, into.parts, read_part);
}

Fault read_role(const ordered_json& value, const std::string& path, Message& into) {
  for (const Role role : {Role::system, Role::user, Role::assistant, Role::tool}) {
    if (value.is_string() && value.get_ref<const std::string&>() == to_string(role)) {
      into.role = role;
      return std::nullopt;
    }
  }
  return expected(path, "system, user, assistant or tool");
}

Fault read_tool_calls(const ordered_json& value, const std::string& path, Message& into) {
  return read_list<ToolCall>(value, path, into.tool_calls,
                             [](const ordered_json& each, const std::string& where, ToolCall& call) {
                               return read_members(each, where, tool_call_members, call);
                             });
}

constexpr std::array<Member<Message>, 4> message_members = {{
    {"role", read_role},
    {"content", read_content},
    {"tool_calls", read_tool_calls},
    {"tool_call_id", [](const ordered_json& value, const std::string& path,
                        Message& into) { return read_string(value, path, into.tool_call_id); }},
}};

Fault read_message(const ordered_json& value, const std::string& path, Message& into) {
  if (Fault wrong = read_members(value, path, message_members, into)) return wrong;
  if (!value.contains("role")) return fault(path + ".role is missing");
  return std::nullopt;
}

// The line itself.

struct Draft {
  RequestOptions options;
  std::optional<std::string> prompt = {};
  std::vector<std::string> images = {};
  std::vector<Message> messages = {};
  std::string response_format = {};
  std::vector<HttpHeader> headers = {};
};

bool is_id(const ordered_json& value) {
  return value.is_string() || value.is_number();
}

Fault check_id(const ordered_json& value, const std::string& path, Draft& /*into*/) {
  return is_id(value) ? Fault() : expected(path, "a string or a number");
}

// Also of a line that is refused for another member.
ordered_json id_in(const ordered_json& line) {
  return line.is_object() && line.contains("id") && is_id(line["id"]) ? line["id"] : ordered_json();
}

// A line that names where to ask does not inherit half of that.
Fault read_place(const ordered_json& value, const std::string& path, EndpointChoice& into,
                 std::string EndpointChoice::*member) {
  std::string name;
  if (Fault wrong = read_string(value, path, name)) return wrong;
  into.*member = std::move(name);
  return std::nullopt;
}

Fault read_stop(const ordered_json& value, const std::string& path, Draft& into) {
  if (value.is_string()) {
    into.options.stop = {value.get<std::string>()};
    return std::nullopt;
  }
  return read_list<std::string>(value, path, into.options.stop, read_string);
}

Fault read_headers(const ordered_json& value, const std::string& path, Draft& into) {
  if (!value.is_object()) return expected(path, "a JSON object of header lines");
  for (const auto& [name, each] : value.items()) {
    HttpHeader& header = into.headers.emplace_back();
    header.name = name;
    if (Fault wrong = read_string(each, member_path(path, name), header.value)) return wrong;
  }
  return std::nullopt;
}

template <std::string RequestOptions::*Text>
Fault read_option(const ordered_json& value, const std::string& path, Draft& into) {
  return read_string(value, path, into.options.*Text);
}
template <std::optional<double> RequestOptions::*Number>
Fault read_option(const ordered_json& value, const std::string& path, Draft& into) {
  return read_number(value, path, into.options.*Number);
}
template <std::optional<std::int64_t> RequestOptions::*Number>
Fault read_option(const ordered_json& value, const std::string& path, Draft& into) {
  return read_whole(value, path, into.options.*Number);
}
template <std::string EndpointChoice::*Name>
Fault read_endpoint(const ordered_json& value, const std::string& path, Draft& into) {
  return read_place(value, path, into.options.endpoint, Name);
}

constexpr std::array<Member<Draft>, 17> line_members = {{
    {"id", check_id},
    {"prompt", [](const ordered_json& value, const std::string& path,
                  Draft& into) { return read_string(value, path, into.prompt.emplace()); }},
    {"images", [](const ordered_json& value, const std::string& path,
                  Draft& into) { return read_list<std::string>(value, path, into.images, read_string); }},
    {"messages", [](const ordered_json& value, const std::string& path,
                    Draft& into) { return read_list<Message>(value, path, into.messages, read_message); }},
    {"system", read_option<&RequestOptions::system>},
    {"endpoint", read_endpoint<&EndpointChoice::endpoint>},
    {"model", read_endpoint<&EndpointChoice::model>},
    {"path", read_endpoint<&EndpointChoice::path>},
    {"form", read_endpoint<&EndpointChoice::form>},
    {"temperature", read_option<&RequestOptions::temperature>},
    {"top_p", read_option<&RequestOptions::top_p>},
    {"max_tokens", read_option<&RequestOptions::max_tokens>},
    {"seed", read_option<&RequestOptions::seed>},
    {"stop", read_stop},
    {"response_format", [](const ordered_json& value, const std::string& path,
                           Draft& into) { return read_object_text(value, path, into.response_format); }},
    {"extra", [](const ordered_json& value, const std::string& path,
                 Draft& into) { return read_object_text(value, path, into.options.extra); }},
    {"headers", read_headers},
}};

// What is nested deeper could exhaust the stack when it is copied or printed, and no request may be.
constexpr int deepest = 256;

struct Refused {
  Error error;
};

// What the library takes and a batch does not: its parser calls this as it goes.
class Strictness {
 public:
  /// The first member that its object has twice; empty when there is none.
  [[nodiscard]] const std::string& twice() const { return twice_; }

  bool operator()(int depth, ordered_json::parse_event_t event, const ordered_json& value) {
    if (depth > deepest) throw Refused{fault("nested deeper than " + std::to_string(deepest) + " levels")};
    if (event == ordered_json::parse_event_t::object_start) {
      names_.emplace_back();
    } else if (event == ordered_json::parse_event_t::object_end) {
      names_.pop_back();
    } else if (event == ordered_json::parse_event_t::key && !names_.back().insert(value.get<std::string>()).second &&
               twice_.empty()) {
      twice_ = value.get<std::string>();
    }
    return true;
  }

 private:
  // Of the members of each object that is open.
  std::vector<std::unordered_set<std::string>> names_;
  std::string twice_;
};

// The library's message says where, and may quote what it read.
Result<ordered_json> parse_json(std::string_view text, Strictness& strictness) {
  try {
    return ordered_json::parse(text, std::ref(strictness));
  } catch (const Refused& refused) {
    return refused.error;
  } catch (const ordered_json::parse_error& error) {
    return fault("not valid JSON at byte " + std::to_string(error.byte), "each line is one JSON object");
  } catch (const ordered_json::exception&) {
    return fault("not valid JSON: a number is out of range");
  }
}

Result<ChatRequest> to_request(Draft& draft) {
  Result<ChatRequest> request = draft.options.request();
  if (!request) return request;
  request->response_format = std::move(draft.response_format);
  if (!draft.options.system.empty()) request->messages.push_back(Message::system(draft.options.system));
  for (Message& each : draft.messages) request->messages.push_back(std::move(each));
  if (draft.prompt) {
    Result<Message> message = user_message(*std::move(draft.prompt), draft.images);
    if (!message) return std::move(message).error();
    request->messages.push_back(*std::move(message));
  }
  return request;
}

}  // namespace

Result<BatchLine> parse_batch_line(std::string_view text, const RequestOptions& defaults, ordered_json& id) {
  Strictness strictness;
  const Result<ordered_json> json = parse_json(text, strictness);
  if (!json) return json.error();
  id = id_in(*json);
  if (!strictness.twice().empty()) return fault(strictness.twice() + ": the member is there twice");
  Draft draft{defaults};
  if (json->is_object() && (json->contains("endpoint") || json->contains("path"))) draft.options.endpoint = {};
  if (Fault wrong = read_members(*json, "", line_members, draft)) return *std::move(wrong);
  if (draft.prompt.has_value() == json->contains("messages")) {
    return fault(draft.prompt ? "the line has both prompt and messages" : "the line has neither prompt nor messages",
                 "give it one of them");
  }
  if (!draft.prompt && !draft.images.empty()) return fault("images: only with prompt", "messages have their own");
  Result<ChatRequest> request = to_request(draft);
  if (!request) return std::move(request).error();
  return BatchLine{*std::move(request), std::move(draft.headers)};
}

ordered_json id_of(std::string_view text) {
  Strictness strictness;
  const Result<ordered_json> json = parse_json(text, strictness);
  return json ? id_in(*json) : ordered_json();
}

}  // namespace chatopen::program
