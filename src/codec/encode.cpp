#include "codec/encode.hpp"

#include "codec/data_url.hpp"
#include "codec/json_text.hpp"
#include "codec/json_writer.hpp"
#include "codec/request_check.hpp"

#include <utility>
#include <variant>

namespace chatopen::codec {
namespace {

class BodySizer : public JsonSizer {
 public:
  void data_url(const ImagePart& picture) noexcept { size_ += data_url_size(picture); }
};

class BodyWriter : public JsonWriter {
 public:
  using JsonWriter::JsonWriter;

  void data_url(const ImagePart& picture) {
    if (!fault_) fault_ = append_data_url(picture, body_);
  }
  [[nodiscard]] std::optional<Error>& fault() noexcept { return fault_; }

 private:
  std::optional<Error> fault_;
};

template <typename Out, typename Items, typename PutItem>
void put_list(Out& out, const Items& items, PutItem put_item) {
  out.raw("[");
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.raw(",");
    first = false;
    put_item(item);
  }
  out.raw("]");
}

template <typename Out>
void put_part(Out& out, const ContentPart& part) {
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

template <typename Out>
void put_tool_call(Out& out, const ToolCall& call) {
  out.raw(R"({"id":)");
  out.string(call.id);
  out.raw(R"(,"type":"function","function":{"name":)");
  out.string(call.name);
  out.raw(R"(,"arguments":)");
  out.string(call.arguments);
  out.raw("}}");
}

template <typename Out>
void put_message(Out& out, const Message& message) {
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

template <typename Out>
void put_tool(Out& out, const Tool& tool) {
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
template <typename Out>
void put_settings(Out& out, const ChatRequest& request) {
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

template <typename Out>
void put_messages_form(Out& out, const ChatRequest& request) {
  out.raw(R"({"messages":)");
  put_list(out, request.messages, [&](const auto& message) { put_message(out, message); });
  put_settings(out, request);
  out.raw("}");
}

template <typename Out>
void put_prompt_form(Out& out, const ChatRequest& request, const PromptTexts& texts) {
  out.raw(R"({"issue":)");
  out.string(*texts.issue);
  if (texts.system_content != nullptr) {
    out.raw(R"(,"systemContent":)");
    out.string(*texts.system_content);
  }
  put_settings(out, request);
  out.raw("}");
}

// Measures, reserves once, and writes.
template <typename Put>
Result<std::string> build(Put put) {
  BodySizer sizer;
  put(sizer);
  std::string body;
  body.reserve(sizer.size());
  BodyWriter writer(body);
  put(writer);
  if (writer.fault()) return *std::move(writer.fault());
  return Result<std::string>(std::move(body));
}

}  // namespace

Result<std::string> encode_chat(const ChatRequest& request, WireForm wire_form) {
  switch (wire_form) {
    case WireForm::messages: {
      if (std::optional<Error> fault = fault_in_messages_form(request)) return *std::move(fault);
      return build([&](auto& out) { put_messages_form(out, request); });
    }
    case WireForm::prompt: {
      const Result<PromptTexts> texts = check_prompt_form(request);
      if (!texts) return texts.error();
      return build([&](auto& out) { put_prompt_form(out, request, *texts); });
    }
    case WireForm::image:
    case WireForm::upload: break;
  }
  return Error{.kind = ErrorKind::invalid_argument,
               .message = "the endpoint's wire form '" + std::string(to_string(wire_form)) + "' takes no chat",
               .detail = "choose an endpoint of the messages or the prompt form"};
}

}  // namespace chatopen::codec
