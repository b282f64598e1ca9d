#pragma once

#include <chatopen/request.hpp>
#include <chatopen/result.hpp>

#include <optional>
#include <string>

namespace chatopen::codec {

/// The first fault of a request that is to go out in the messages form: `invalid_argument` naming the field by its
/// path, such as `messages[1].content[0].text`. Files of pictures are not looked at.
[[nodiscard]] std::optional<Error> fault_in_messages_form(const ChatRequest& request);

/// What the prompt form takes from the messages.
struct PromptTexts {
  const std::string* issue = nullptr;
  /// Null when there is no system message.
  const std::string* system_content = nullptr;
};

/// The same for the prompt form, which cannot express every request.
[[nodiscard]] Result<PromptTexts> check_prompt_form(const ChatRequest& request);

/// Whether the choice goes out as a string; otherwise it is a JSON object.
[[nodiscard]] bool is_tool_choice_word(const std::string& tool_choice) noexcept;

}  // namespace chatopen::codec
