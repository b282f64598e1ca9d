#pragma once

#include <chatopen/error.hpp>
#include <chatopen/request.hpp>

#include <string>
#include <string_view>

namespace chatopen::codec {

/// Whether the request cannot go out in the messages form. The first fault is described: `invalid_argument` naming the
/// field by its path, such as `messages[1].content[0].text`. Files of pictures are not looked at.
[[nodiscard]] bool refuses_messages_form(const ChatRequest& request, Error& fault);

/// What faults in a message call its fields.
struct ContentNames {
  std::string_view text;
  std::string_view parts;
  std::string_view picture_url;
  /// The fault of a message that has both.
  std::string_view both;
};

inline constexpr ContentNames wire_names{
    .text = "content", .parts = "content", .picture_url = "imageUrl.url", .both = "content is both a text and parts"};
/// As in `Message` and in a saved conversation.
inline constexpr ContentNames saved_names{
    .text = "text", .parts = "parts", .picture_url = "image_url", .both = "text and parts are both set"};

/// The same for one message; the path begins within it, such as `content[0].text`.
[[nodiscard]] bool refuses_message(const Message& message, const ContentNames& names, Error& fault);

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
