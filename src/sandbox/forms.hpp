#pragma once

#include "sandbox/json_body.hpp"

#include <string>

namespace chatopen::sandbox {

// Each checks a body against the wire protocol, throws `Refusal` at the first fault, and says what was received.

/// Such as `1 message: user: text "hi" and picture image/png, 68 bytes (temperature: 0.5)`.
[[nodiscard]] std::string describe_messages_form(const Json& body);

/// Such as `the prompt "hi" and the system prompt "Be brief." (maxPromptToken: 2048)`.
[[nodiscard]] std::string describe_prompt_form(const Json& body);

/// Such as `the prompt "a cat" (aspectRatio: "9:16") with the picture image/png, 68 bytes`.
[[nodiscard]] std::string describe_image_form(const Json& body);

/// The members besides those in `form_members`: sampling parameters, whose types are checked, and whatever else the
/// caller added. Empty, or such as ` (temperature: 0.5, seed: 7)`.
[[nodiscard]] std::string describe_settings(const Json& body, std::initializer_list<std::string_view> form_members);

}  // namespace chatopen::sandbox
