#include "codec/completion.hpp"

#include "codec/json_print.hpp"

namespace chatopen::codec {
namespace {

// Chat-completions spelling, and the camel case in which the service spells its own members (`errorMessage`).
std::optional<std::int64_t> tokens(const std::optional<Json>& usage, std::string_view name, std::string_view camel) {
  const std::optional<std::int64_t> count = count_of(member_of(usage, name));
  return count ? count : count_of(member_of(usage, camel));
}

}  // namespace

const Members& completion_of(const Members& root, const Members& data) noexcept {
  const bool bare = root.choices || !root.data || !root.data->is_object();
  return bare ? root : data;
}

void append_content(const std::optional<Json>& content, std::string& text) {
  text += text_of(content);
  simdjson::dom::array parts;
  if (!content || content->get(parts) != simdjson::SUCCESS) return;
  for (const Json part : parts) {
    if (text_of(member_of(part, "type")) == "text") text += text_of(member_of(part, "text"));
  }
}

bool append_tool_call(const std::optional<Json>& call, std::string& id, std::string& name, std::string& arguments) {
  const std::optional<Json> function = member_of(call, "function");
  id += text_of(member_of(call, "id"));
  name += text_of(member_of(function, "name"));
  // JSON text, which some servers write as the value itself.
  if (const std::optional<Json> value = member_of(function, "arguments")) {
    if (const std::optional<std::string_view> string = string_of(value)) {
      arguments += *string;
    } else {
      arguments += print_json(*value);
    }
  }
  return function && function->is_object();
}

std::optional<Usage> usage_of(const std::optional<Json>& value) {
  const auto prompt = tokens(value, "prompt_tokens", "promptTokens");
  const auto completion = tokens(value, "completion_tokens", "completionTokens");
  const auto total = tokens(value, "total_tokens", "totalTokens");
  if (!prompt && !completion && !total) return std::nullopt;
  return Usage{.prompt_tokens = prompt.value_or(0),
               .completion_tokens = completion.value_or(0),
               .total_tokens = total.value_or(0)};
}

}  // namespace chatopen::codec
