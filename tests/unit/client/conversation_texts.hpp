#pragma once

#include <chatopen/content.hpp>
#include <chatopen/message.hpp>

#include <string>
#include <variant>
#include <vector>

namespace chatopen {

/// Everything that a message says, in one line to compare.
[[nodiscard]] inline std::string told(const Message& message) {
  std::string line = std::string(to_string(message.role)) + ":" + message.text;
  for (const ContentPart& part : message.parts) {
    if (const TextPart* const text = std::get_if<TextPart>(&part)) {
      line += "|text " + text->text;
      continue;
    }
    const ImagePart& picture = std::get<ImagePart>(part);
    line += "|" + std::to_string(static_cast<int>(picture.source())) + " " + picture.location() + " " +
            picture.media_type() + " " + std::to_string(picture.size());
    if (picture.bytes() != nullptr) line += " " + *picture.bytes();
  }
  for (const ToolCall& call : message.tool_calls) line += "|" + call.id + "=" + call.name + call.arguments;
  if (!message.tool_call_id.empty()) line += "|for " + message.tool_call_id;
  return line;
}

[[nodiscard]] inline std::vector<std::string> told(const std::vector<Message>& messages) {
  std::vector<std::string> lines;
  for (const Message& message : messages) lines.push_back(told(message));
  return lines;
}

/// An assistant's message that calls these tools.
[[nodiscard]] inline Message calling(const std::vector<std::string>& ids) {
  Message message = Message::assistant("");
  for (const std::string& id : ids) message.tool_calls.push_back({.id = id, .name = "f", .arguments = "{}"});
  return message;
}

}  // namespace chatopen
