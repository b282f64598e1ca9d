#pragma once

#include <chatopen/error.hpp>
#include <chatopen/request.hpp>

#include <string>

namespace chatopen::codec {

/// Whether the request cannot go out in the messages form. The first fault is described: `invalid_argument` naming the
/// field by its path, such as `messages[1].content[0].text`. Files of pictures are not looked at.
[[nodiscard]] bool refuses_messages_form(const ChatRequest& request, Error& fault);

/// The same for one message; the path begins within it, such as `content[0].text`.
[[nodiscard]] bool refuses_message(const Message& message, Error& fault);

/// What the prompt form takes from the messages.
struct PromptTexts {
  const std::string* issue = nullptr;
  /// Null when there is no system message.
  const std::string* system_content = nullptr;
};

/// The same for the prompt form, which cannot express every request.
[[nodiscard]] bool refuses_prompt_form(const ChatRequest& request, PromptTexts& texts, Error& fault);

/// Whether the choice goes out as a string; otherwise it is a JSON object.
[[nodiscard]] bool is_tool_choice_word(const std::string& tool_choice) noexcept;

}  // namespace chatopen::codec
