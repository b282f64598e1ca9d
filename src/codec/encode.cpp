#include "codec/encode.hpp"

#include "codec/data_url.hpp"
#include "codec/json_text.hpp"
#include "codec/json_writer.hpp"
#include "codec/request_check.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

// The body on its way: measured in a first pass, written in a second.
class ChatBody : public JsonWriter {
 public:
  using JsonWriter::JsonWriter;

  void data_url(const ImagePart& picture) {
    if (buffer() == nullptr) {
      count(data_url_size(picture));
    } else if (!fault_) {
      fault_ = append_data_url(picture, *buffer());
    }
  }
  [[nodiscard]] std::optional<Error>& fault() noexcept { return fault_; }

 private:
  std::optional<Error> fault_;
};

template <typename Items, typename PutItem>
void put_list(ChatBody& out, const Items& items, PutItem put_item) {
  out.raw("[");
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.raw(",");
    first = false;
    put_item(item);
  }
  out.raw("]");
}

void put_part(ChatBody& out, const ContentPart& part) {
  if (const TextPart* text = std::get_if<TextPart>(&part)) {
    out.raw(R"({"type":"text","text":)");
    out.string(text->text);
    out.raw("}");
    return;
  }
  const ImagePart& picture = std::get<ImagePart>(part);
  out.raw(R"({"type":"imageUrl","imageUrl":{"url":)");
  if (picture.source() == ImagePart::Source::url) {
    out.string(picture.location());
  } else {
    out.raw("\"");
    out.data_url(picture);
    out.raw("\"");
  }
  out.raw("}}");
}

void put_tool_call(ChatBody& out, const ToolCall& call) {
  out.raw(R"({"id":)");
  out.string(call.id);
  out.raw(R"(,"type":"function","function":{"name":)");
  out.string(call.name);
  out.raw(R"(,"arguments":)");
  out.string(call.arguments);
  out.raw("}}");
}

void put_message(ChatBody& out, const Message& message) {
  out.raw(R"({"role":")");
  out.raw(to_string(message.role));
  out.raw(R"(","content":)");
  if (message.parts.empty()) {
    out.string(message.text);
  } else {
    put_list(out, message.parts, [&](const auto& part) { put_part(out, part); });
  }
  if (!message.tool_calls.empty()) {
    out.raw(R"(,"tool_calls":)");
    put_list(out, message.tool_calls, [&](const auto& call) { put_tool_call(out, call); });
  }
  if (!message.tool_call_id.empty()) {
    out.raw(R"(,"tool_call_id":)");
    out.string(message.tool_call_id);
  }
  out.raw("}");
}

void put_tool(ChatBody& out, const Tool& tool) {
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
void put_settings(ChatBody& out, const ChatRequest& request, bool stream) {
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
    put_list(out, request.stop, [&](const auto& text) { out.string(text); });
  }
  put_number(R"(,"seed":)", request.seed);
  if (!request.response_format.empty()) {
    out.raw(R"(,"response_format":)");
    out.raw(request.response_format);
  }
  if (!request.tools.empty()) {
    out.raw(R"(,"tools":)");
    put_list(out, request.tools, [&](const auto& tool) { put_tool(out, tool); });
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

void put_messages_form(ChatBody& out, const ChatRequest& request, bool stream) {
  out.raw(R"({"messages":)");
  put_list(out, request.messages, [&](const auto& message) { put_message(out, message); });
  put_settings(out, request, stream);
  out.raw("}");
}

void put_prompt_form(ChatBody& out, const ChatRequest& request, const PromptTexts& texts) {
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
void put(ChatBody& out, const ChatRequest& request, const PromptTexts& texts, bool stream) {
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
    fault.detail = "choose an endpoint of the messages or the prompt form";
    return Result<std::string>(std::move(fault));
  }
  if (stream && has_member(request.extra, "stream")) stream = false;
  ChatBody measure;
  put(measure, request, texts, stream);
  std::string body;
  body.reserve(measure.size());
  ChatBody write(body);
  put(write, request, texts, stream);
  if (write.fault()) return Result<std::string>(*std::move(write.fault()));
  return Result<std::string>(std::move(body));
}

}  // namespace chatopen::codec
