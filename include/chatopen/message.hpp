#pragma once

/// @file
/// `Message`: one turn of a conversation.

#include <chatopen/content.hpp>
#include <chatopen/export.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace chatopen {

/// Who speaks. `user` is documented; the others are inferred from the chat-completions convention.
enum class Role : std::uint8_t { system, user, assistant, tool };

/// The role as it is spelled on the wire, such as `assistant`.
[[nodiscard]] CHATOPEN_EXPORT std::string_view to_string(Role role) noexcept;

/// A call of a tool, as the model asks for it.
struct ToolCall {
  /// What the tool's message refers to.
  std::string id = {};
  /// `Tool::name`.
  std::string name = {};
  /// The arguments as JSON text, as the model wrote it (not checked).
  std::string arguments = {};
};

/// One message: a text, which goes out as a string (inferred), or parts, which go out as a list (documented); not both.
struct Message {
  /// Who speaks.
  Role role = Role::user;
  /// What is said, as one text.
  std::string text = {};
  /// What is said or shown, in parts.
  std::vector<ContentPart> parts{};
  /// Of an assistant's message that asked for tools.
  std::vector<ToolCall> tool_calls{};
  /// Of a tool's message: the call that it answers.
  std::string tool_call_id = {};

  /// What the model should be and do.
  [[nodiscard]] CHATOPEN_EXPORT static Message system(std::string text);
  /// What the user says.
  [[nodiscard]] CHATOPEN_EXPORT static Message user(std::string text);
  /// Text and pictures. A string inside the braces needs `text(...)`; `image_file` and `image_bytes`, which may fail,
  /// need `.value()`.
  /// @code
  /// Message::user({text("what's the content of the picture?"), image_url("https://example.com/a.jpg")})
  /// Message::user({text("and of this one?"), image_file("cat.jpg").value()})
  /// @endcode
  [[nodiscard]] CHATOPEN_EXPORT static Message user(std::vector<ContentPart> parts);
  /// What the model said before.
  [[nodiscard]] CHATOPEN_EXPORT static Message assistant(std::string text);
  /// What the tool that was called as `tool_call_id` returned.
  [[nodiscard]] CHATOPEN_EXPORT static Message tool(std::string tool_call_id, std::string result);

  /// Two bare strings in braces would otherwise become one string made from two iterators.
  static Message user(std::initializer_list<const char*> parts) = delete;
};

}  // namespace chatopen
