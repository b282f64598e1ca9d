#include "codec/encode.hpp"

#include "codec/body_writer.hpp"
#include "codec/json_text.hpp"
#include "codec/request_check.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

void put_part(BodyWriter& out, const ContentPart& part) {
  if (const TextPart* text = std::get_if<TextPart>(&part)) {
    out.raw(R"({"type":"text","text":)");
    out.string(text->text);
    out.raw("}");
    return;
  }
  out.raw(R"({"type":"imageUrl","imageUrl":{"url":)");
  out.picture(std::get<ImagePart>(part));
  out.raw("}}");
}

void put_tool_call(BodyWriter& out, const ToolCall& call) {
  out.raw(R"({"id":)");
  out.string(call.id);
  out.raw(R"(,"type":"function","function":{"name":)");
  out.string(call.name);
  out.raw(R"(,"arguments":)");
  out.string(call.arguments);
  out.raw("}}");
}

void put_message(BodyWriter& out, const Message& message) {
  out.raw(R"({"role":")");
  out.raw(to_string(message.role));
  out.raw(R"(","content":)");
  if (message.parts.empty()) {
    out.string(message.text);
  } else {
    out.list(message.parts, [&](const auto& part) { put_part(out, part); });
  }
  if (!message.tool_calls.empty()) {
    out.raw(R"(,"tool_calls":)");
    out.list(message.tool_calls, [&](const auto& call) { put_tool_call(out, call); });
  }
  if (!message.tool_call_id.empty()) {
    out.raw(R"(,"tool_call_id":)");
    out.string(message.tool_call_id);
  }
  out.raw("}");
}

void put_tool(BodyWriter& out, const Tool& tool) {
  out.raw(R"({"type":"function","function":{"name":)");
  out.string(tool.name);
  if (!tool.description.empty()) {
    out.raw(R"(,"description":)");
    out.string(tool.description);
  }
  if (!tool.parameters.empty()) {
    out.raw(R"(,"parameters":)");
    out.raw(tool.parameters);
  }
  out.raw("}}");
}

// Everything after the form's own members, which come first, so that each of these follows a comma.
void put_settings(BodyWriter& out, const ChatRequest& request, bool stream) {
  if (stream) out.raw(R"(,"stream":true)");
  const auto put_number = [&](std::string_view name, const auto& value) {
    if (!value) return;
    out.raw(name);
    out.number(*value);
  };
  put_number(R"(,"temperature":)", request.temperature);
  put_number(R"(,"top_p":)", request.top_p);
  put_number(R"(,"max_tokens":)", request.max_tokens);
  if (!request.stop.empty()) {
    out.raw(R"(,"stop":)");
    out.list(request.stop, [&](const auto& text) { out.string(text); });
  }
  put_number(R"(,"seed":)", request.seed);
  if (!request.response_format.empty()) {
    out.raw(R"(,"response_format":)");
    out.raw(request.response_format);
  }
  if (!request.tools.empty()) {
    out.raw(R"(,"tools":)");
    out.list(request.tools, [&](const auto& tool) { put_tool(out, tool); });
  }
  if (!request.tool_choice.empty()) {
    out.raw(R"(,"tool_choice":)");
    if (is_tool_choice_word(request.tool_choice)) {
      out.string(request.tool_choice);
    } else {
      out.raw(request.tool_choice);
    }
  }
  if (request.extra.empty()) return;
  if (const std::string_view members = members_text(request.extra); !members.empty()) {
    out.raw(",");
    out.raw(members);
  }
}

void put_messages_form(BodyWriter& out, const ChatRequest& request, bool stream) {
  out.raw(R"({"messages":)");
  out.list(request.messages, [&](const auto& message) { put_message(out, message); });
  put_settings(out, request, stream);
  out.raw("}");
}

void put_prompt_form(BodyWriter& out, const ChatRequest& request, const PromptTexts& texts) {
  out.raw(R"({"issue":)");
  out.string(*texts.issue);
  if (texts.system_content != nullptr) {
    out.raw(R"(,"systemContent":)");
    out.string(*texts.system_content);
  }
  // Here it is the path that streams.
  put_settings(out, request, false);
  out.raw("}");
}

// Only one of the forms is asked for: the prompt form when there are texts for it.
void put(BodyWriter& out, const ChatRequest& request, const PromptTexts& texts, bool stream) {
  if (texts.issue != nullptr) {
    put_prompt_form(out, request, texts);
  } else {
    put_messages_form(out, request, stream);
  }
}

bool has_member(const std::string& json, std::string_view name) {
  if (json.empty()) return false;
  const Result<std::vector<std::string>> names = member_names(json);
  return names && std::find(names->begin(), names->end(), name) != names->end();
}

}  // namespace

Result<std::string> encode_chat(const ChatRequest& request, WireForm wire_form, bool stream) {
  Error fault = {.kind = ErrorKind::invalid_argument};
  PromptTexts texts;
  if (wire_form == WireForm::messages) {
    if (refuses_messages_form(request, fault)) return Result<std::string>(std::move(fault));
  } else if (wire_form == WireForm::prompt) {
    if (refuses_prompt_form(request, texts, fault)) return Result<std::string>(std::move(fault));
  } else {
    fault.message = "the endpoint's wire form '" + std::string(to_string(wire_form)) + "' takes no chat";
    fault.detail = "choose an endpoint of the messages or the prompt form; pictures are ordered with generate_image()";
    return Result<std::string>(std::move(fault));
  }
  if (stream && has_member(request.extra, "stream")) stream = false;
  return write_body([&](BodyWriter& out) { put(out, request, texts, stream); });
}

}  // namespace chatopen::codec
