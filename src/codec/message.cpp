#include <chatopen/message.hpp>

#include <utility>

namespace chatopen {

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::system: return "system";
    case Role::user: return "user";
    case Role::assistant: return "assistant";
    case Role::tool: return "tool";
  }
  return "unknown";
}

Message Message::system(std::string text) {
  return {.role = Role::system, .text = std::move(text)};
}

Message Message::user(std::string text) {
  return {.role = Role::user, .text = std::move(text)};
}

Message Message::user(std::vector<ContentPart> parts) {
  return {.role = Role::user, .parts = std::move(parts)};
}

Message Message::assistant(std::string text) {
  return {.role = Role::assistant, .text = std::move(text)};
}

Message Message::tool(std::string tool_call_id, std::string result) {
  return {.role = Role::tool, .text = std::move(result), .tool_call_id = std::move(tool_call_id)};
}

}  // namespace chatopen
