#pragma once

#include <chatopen/message.hpp>
#include <chatopen/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chatopen::codec {

/// What is kept of a conversation.
struct ConversationText {
  std::vector<Message> persona = {};
  std::vector<Message> history = {};
};

/// The text of a conversation (docs/conversations.md). Errors: `invalid_argument` naming the text that is not valid
/// UTF-8.
[[nodiscard]] Result<std::string> encode_conversation(const std::vector<Message>& persona,
                                                      const std::vector<Message>& history);

/// Reads it. Errors: `invalid_argument` with the place of what is not JSON, or the path of the member that is wrong;
/// `io` for a picture whose file cannot be read.
[[nodiscard]] Result<ConversationText> decode_conversation(std::string_view json);

}  // namespace chatopen::codec
